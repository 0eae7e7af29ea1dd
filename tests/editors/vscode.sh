#!/usr/bin/env bash
# The extension in a real VS Code: code-server with Chromium, driven by Playwright. What has to be
# there is named by GOTRACE_CODE_SERVER, a folder whose node_modules hold code-server 4.100.3 (built
# as its own docs say) and playwright; Chromium is the system's. Keeps a log and a picture in
# GOTRACE_EDITOR_LOGS.
source "$(dirname "$0")/workspace.sh"
server=${GOTRACE_CODE_SERVER:-}
[ -d "$server/node_modules/code-server" ] && [ -d "$server/node_modules/playwright" ] ||
  { echo "NOT RUN: no code-server (GOTRACE_CODE_SERVER)"; exit 77; }
chromium=$(command -v chromium || command -v chromium-browser) || { echo "NOT RUN: no chromium"; exit 77; }
vsix=${GOTRACE_VSIX:-$work/ext/out/gotrace.vsix}
if [ ! -f "$vsix" ]; then
  cp -r "$top/editors/vscode" "$work/ext"
  (cd "$work/ext" && npm ci --no-audit --no-fund && npm run pack) >"$out/vscode-build.log" 2>&1
fi
cp "$top/samples/pushd/panic.log" "$work/ws/crash.gotrace"
mkdir -p "$work/data/User"
cat >"$work/data/User/settings.json" <<JSON
{ "gotrace.command": ["$GOTRACE_TEST_SERVER", "lsp"], "workbench.startupEditor": "none",
  "security.workspace.trust.enabled": false, "telemetry.telemetryLevel": "off",
  "editor.minimap.enabled": false, "[gotrace]": { "editor.wordWrap": "on" }, "workbench.activityBar.location": "hidden", "workbench.colorTheme": "Default Dark Modern",
  "window.commandCenter": false, "chat.commandCenter.enabled": false }
JSON
code_server=("$(command -v node)" "$server/node_modules/code-server/out/node/entry.js"
  --user-data-dir "$work/data" --extensions-dir "$work/extensions")
"${code_server[@]}" --install-extension "$vsix" >"$out/vscode-install.log" 2>&1
port=${GOTRACE_CODE_PORT:-18080}
"${code_server[@]}" --auth none --bind-addr "127.0.0.1:$port" --disable-telemetry \
  --disable-update-check "$work/ws" >"$out/code-server.log" 2>&1 &
running=$!
trap 'kill "$running" 2>/dev/null || true; rm -rf "$work"' EXIT
NODE_PATH=$server/node_modules CHROMIUM=$chromium OUT=$out WORKSPACE=$work/ws \
  URL="http://127.0.0.1:$port/?folder=$work/ws" \
  timeout 300 node "$top/tests/editors/vscode.cjs" 2>&1 | tee "$out/vscode.log"
grep -q '^OK$' "$out/vscode.log"

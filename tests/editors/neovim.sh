#!/usr/bin/env bash
# The language server in Neovim, headless (Debian's 0.7 or a newer one): diagnostics at the right
# bytes behind an emoji, hover, definition, lenses, an edit. GOTRACE_EDITOR_LOGS keeps its log.
source "$(dirname "$0")/workspace.sh"
command -v nvim >/dev/null || { echo "NOT RUN: no nvim"; exit 77; }
nvim --version | head -1
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data
export XDG_CONFIG_HOME=$work/config
(cd "$work/ws" && timeout 120 nvim --headless --clean -u NONE panic.log \
  -c "luafile $top/tests/editors/neovim.lua") 2>&1 | tee "$out/neovim.log"
grep -q '^OK$' "$out/neovim.log"

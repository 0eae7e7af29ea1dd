# What both editors open: a crash in a logger's record, behind an emoji, with the source of it.
# Sourced by the scripts beside it.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=${GOTRACE_EDITOR_LOGS:-$work}
mkdir -p "$out"
export GOTRACE_TEST_SERVER=${GOTRACE_TEST_SERVER:-$(command -v gotrace || echo "$top/.venv/bin/gotrace")}
[ -x "$GOTRACE_TEST_SERVER" ] || { echo "NOT RUN: no gotrace at $GOTRACE_TEST_SERVER"; exit 77; }
mkdir "$work/ws"
cp -r "$top/samples/culprit/src" "$work/ws/src"
cp "$top/samples/pushd/prototypes.go" "$work/ws/told.go"
printf 'sources = ["src"]\nsignatures = ["told.go"]\n' >"$work/ws/gotrace.toml"
python3 - "$top/samples/pushd/panic.log" "$work/ws/panic.log" <<'PYTHON'
import json, sys
trace = open(sys.argv[1], encoding="utf-8").read().replace("(0xc42040c7f0,", "(0x8,")
record = {"level": "error", "msg": "\N{ROCKET} é", "stacktrace": trace}
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write('{"level": "info"}\n' + json.dumps(record, ensure_ascii=False) + "\n")
PYTHON

#!/usr/bin/env bash
# The language server in Emacs with eglot, headless (Debian: emacs-nox elpa-eglot; built in since
# 29): diagnostics at the right columns behind an emoji, hover, definition.
source "$(dirname "$0")/workspace.sh"
command -v emacs >/dev/null || { echo "NOT RUN: no emacs"; exit 77; }
emacs --version | head -1
export HOME=$work
(cd "$work/ws" && timeout 120 emacs --batch -Q -l "$top/tests/editors/emacs.el") 2>&1 |
  tee "$out/emacs.log"
grep -q '^OK$' "$out/emacs.log"

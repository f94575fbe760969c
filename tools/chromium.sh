#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests; installs one where there is none.
set -euo pipefail
find_browser() {
  if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then echo "$CHROMIUM"; return; fi
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then command -v "$name"; return; fi
  done
  find "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}" -path '*chrome-linux*/chrome' -type f 2>/dev/null | sort | tail -n 1
}
found=$(find_browser)
if [ -z "$found" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } >&2
  else
    npx playwright install chromium >&2
  fi
  found=$(find_browser)
fi
if [ -z "$found" ]; then
  echo "No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM=/path/to/chromium." >&2
  exit 1
fi
echo "$found"

#!/usr/bin/env bash
# Everything that `npm start`, `npm test` and `npm run down` need on a Debian or Ubuntu machine: npm packages, system packages (as root), the build.
# Safe to run again: each step is skipped when it is done already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
say() { printf 'setup: %s\n' "$*" >&2; }

major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || { say "Node.js 20 or newer is needed, this is $(node --version)"; exit 1; }

stamp=node_modules/.windlass-setup
want=$(sha256sum <package-lock.json | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
  say 'installing npm packages'
  npm ci --no-audit --no-fund --loglevel=error >&2
  # npm packages whose install script was not run (some npm versions ask first): run the one that brings Node 24.
  [ -x node_modules/.bin/node ] || (cd node_modules/node && node installArchSpecificPackage.js) >&2
  printf '%s' "$want" >"$stamp"
fi

packages=(containerd:containerd runc:runc nft:nftables ip:iproute2 redis-server:redis-server busybox:busybox-static
  conntrack:conntrack nsenter:util-linux setpriv:util-linux ps:procps)
missing=()
for entry in "${packages[@]}"; do
  PATH=$PATH:/usr/sbin:/sbin command -v "${entry%%:*}" >/dev/null || missing+=("${entry##*:}")
done
[ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || missing+=(containernetworking-plugins)
[[ $(busybox --list 2>/dev/null) == *httpd* ]] || missing+=(busybox-static)
if [ "${1:-}" = --test ]; then
  command -v kubectl >/dev/null || missing+=(kubernetes-client)
  [ -x /usr/lib/systemd/systemd-journald ] || [ -x /lib/systemd/systemd-journald ] || missing+=(systemd)
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then
    say "installing system packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
  else
    say "not root, so these system packages stay missing: ${missing[*]}"
  fi
fi

say 'building'
node_modules/.bin/node scripts/build.mjs

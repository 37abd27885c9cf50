#!/usr/bin/env bash
# Renders the chart with Go's own template engine and sprig (what helm uses; no helm program is packaged for Debian), checks that the values obey
# the schema, and that manifests/control-plane.yaml is the rendered default. `--write` brings the manifest up to date.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
missing=()
command -v go >/dev/null || missing+=(golang-go)
[ -d /usr/share/gocode/src/github.com/Masterminds/sprig ] || missing+=(golang-github-masterminds-sprig-dev)
[ -d /usr/share/gocode/src/gopkg.in/yaml.v3 ] || missing+=(golang-gopkg-yaml.v3-dev)
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$scratch/cache" go build -o "$scratch/render" helm/check/render.go
{
  echo '# The control plane inside an existing cluster: the chart helm/windlass with its default values. Made by helm/check/run.sh --write.'
  printf -- '---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: windlass-system\n'
  "$scratch/render" helm/windlass windlass windlass-system
} >"$scratch/control-plane.yaml"
if [ "${1:-}" = --write ]; then
  cp "$scratch/control-plane.yaml" manifests/control-plane.yaml
  "$scratch/render" helm/windlass prod windlass-system helm/check/all-values.yaml >helm/check/all-values.rendered.yaml
fi
diff -u manifests/control-plane.yaml "$scratch/control-plane.yaml"
"$scratch/render" helm/windlass prod windlass-system helm/check/all-values.yaml | diff -u helm/check/all-values.rendered.yaml -
echo 'the chart renders to what the repository holds'

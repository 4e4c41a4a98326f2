#!/bin/bash
# deploy/container.sh [NAME]: builds the image of deploy/Containerfile under this name (weir), with the
# first of podman, buildah and docker that is here.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
engine=$(command -v podman || command -v buildah || command -v docker) || {
    echo "container.sh: neither podman, buildah nor docker is installed" >&2
    exit 1
}
exec "$engine" build -f deploy/Containerfile -t "${1:-weir}" .

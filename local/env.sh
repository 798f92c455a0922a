#!/bin/sh
# Makes .env of .env.example, with fresh secrets: `local/env.sh [FILE]`. One that is there stays as it is.
set -eu
cd "$(dirname "$0")/.."
file=${1:-.env}
if [ -e "$file" ]; then
  echo "env.sh: $file is there already" >&2
  exit 0
fi
umask 077
base64url() { base64 | tr '+/' '-_' | tr -d '=\n'; }
random() { head -c 32 /dev/urandom | base64url; }
# Ed25519 by its seed: 16 bytes of PKCS #8 and the seed; the public half ends the key that openssl makes of it. As RFC 8037 and RFC 7638 write it.
seed=$(random)
private=$(mktemp)
trap 'rm -f "$private"' EXIT
{ printf '\060\056\002\001\000\060\005\006\003\053\145\160\004\042\004\040'; echo "$seed=" | tr -- '-_' '+/' | base64 -d; } >"$private"
public=$(openssl pkey -inform DER -in "$private" -pubout -outform DER | tail -c 32 | base64url)
kid=$(printf '{"crv":"Ed25519","kty":"OKP","x":"%s"}' "$public" | openssl dgst -sha256 -binary | base64url)
keys=$(printf '{"keys":[{"alg":"EdDSA","crv":"Ed25519","kid":"%s","kty":"OKP","use":"sig","x":"%s"}]}' "$kid" "$public")
while IFS= read -r line; do
  case $line in
    POSTGRES_PASSWORD= | POSTGRES_APP_PASSWORD= | POSTGRES_READER_PASSWORD= | REDIS_PASSWORD= | SECRET_KEY= | INTERNAL_TOKEN= | GRAFANA_PASSWORD=) echo "$line$(random)" ;;
    JWT_SIGNING_KEY=) echo "$line$seed" ;;
    JWT_KEYS=) echo "$line'$keys'" ;;
    *) echo "$line" ;;
  esac
done <.env.example >"$file"

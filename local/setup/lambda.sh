#!/usr/bin/env bash
# Fetches what runs the functions as on AWS, without AWS, into target/tools:
#
#   target/tools/aws-lambda-rie      the Lambda runtime interface emulator, from the wheel of aws-sam-cli
#   target/tools/sqs/bin/moto_server an SQS emulator in a virtual environment
#
# Quick when both are there already. Versions are pinned here and in requirements-sqs.txt.
set -euo pipefail

sam_version=1.170.0

say() { echo "lambda.sh: $*" >&2; }
fail() { say "$@"; exit 1; }

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools=target/tools
# Changes with the pin, so that a newer one is fetched and an interrupted set-up begins anew.
pins=$sam_version

done_already() { [[ -f $tools/lambda.pins && $(<"$tools/lambda.pins") == "$pins" ]]; }

emulator_name() {
  case $(uname -sm) in
    "Linux x86_64") echo aws-lambda-rie-x86_64 ;;
    "Linux aarch64" | "Linux arm64") echo aws-lambda-rie-arm64 ;;
    *) fail "the Lambda emulator runs on Linux, x86_64 or arm64, not on $(uname -sm)" ;;
  esac
}

# A wheel is a zip; only the emulator is wanted of it, none of its dependencies.
fetch_emulator() {
  local name=$1 wheels
  wheels=$(mktemp -d "$tools/wheels.XXXXXX")
  say "aws-lambda-rie, from aws-sam-cli $sam_version"
  "$tools/sqs/bin/pip" download --quiet --no-deps --dest "$wheels" "aws-sam-cli==$sam_version" >&2
  "$tools/sqs/bin/python" -m zipfile -e "$wheels"/aws_sam_cli-*.whl "$wheels/unpacked"
  install -m 755 "$wheels/unpacked/samcli/local/rapid/$name" "$tools/aws-lambda-rie"
  rm -rf "$wheels"
}

local/setup/venv.sh sqs
done_already && exit 0
name=$(emulator_name)
exec 9>"$tools/lambda.lock"
flock 9
done_already && exit 0 # another one did it meanwhile
fetch_emulator "$name"
echo "$pins" >"$tools/lambda.pins"

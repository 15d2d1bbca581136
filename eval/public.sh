#!/usr/bin/env bash
# Trains on public labelled sets and measures on their test rows, one line a run:
#   eval/public.sh DATA SET [SEED…]
# DATA is a directory with one folder a set, as JSONL with the fields text and intent or sentiment
# (clinc150, banking77, roboai_faq, sb10k, potts, tweet_eval_sentiment). SET is one of the names
# below. BASE=PACK sets another base than the shipped pack, QUALITY=fast the frozen base.
set -euo pipefail

sets="clinc clinc-oos clinc-10 clinc-5 banking banking-10 banking-5 roboai-de roboai-cross sentiment-de sentiment-en"
usage() { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; echo "sets: $sets" >&2; exit 2; }
[ $# -ge 2 ] || usage
data=$1 set=$2; shift 2
seeds=("${@:-1}")
[ -d "$data" ] || { echo "$data is not there: give the directory that holds the public sets" >&2; exit 2; }
lotse=${LOTSE:-lotse}
base=${BASE:-$(dirname "$0")/../models/nordlicht-de-en}
quality=${QUALITY:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Every fifth row, by a hash of its text, for sets whose own test rows are not public.
split() {
  python3 - "$1" "$work/train.jsonl" "$work/test.jsonl" <<'PYTHON'
import hashlib, sys
source, train, test = sys.argv[1:]
with open(source, encoding="utf-8") as rows, open(train, "w", encoding="utf-8") as kept, open(test, "w", encoding="utf-8") as held:
    for row in rows:
        fifth = hashlib.sha256(row.encode()).digest()[0] % 5 == 0
        (held if fifth else kept).write(row)
PYTHON
}

options=() label=intent_accuracy
case $set in
  clinc|clinc-oos)
    train=("$data/clinc150/train.jsonl.gz") valid=("$data/clinc150/valid.jsonl")
    test=("$data/clinc150/test.jsonl") options=(--out-of-scope oos) ;;
  clinc-10|clinc-5)
    train=("$data/clinc150/fewshot_${set#clinc-}.jsonl") valid=()
    grep -v '"intent": *"oos"' "$data/clinc150/test.jsonl" > "$work/test.jsonl"
    test=("$work/test.jsonl") ;;
  banking)
    train=("$data/banking77/train.jsonl") valid=() test=("$data/banking77/test.jsonl") ;;
  banking-10|banking-5)
    train=("$data/banking77/fewshot_${set#banking-}.jsonl") valid=() test=("$data/banking77/test.jsonl") ;;
  roboai-de)
    split "$data/roboai_faq/de_train.jsonl"
    train=("$work/train.jsonl") valid=() test=("$work/test.jsonl") ;;
  roboai-cross)
    train=("$data/roboai_faq/en_train.jsonl") valid=() test=("$data/roboai_faq/de_train.jsonl") ;;
  sentiment-de)
    train=("$data/sb10k/train.jsonl" "$data/potts/train.jsonl") valid=()
    test=("$data/sb10k/dev.jsonl" "$data/potts/dev.jsonl") label=sentiment_macro_f1 ;;
  sentiment-en)
    train=("$data/tweet_eval_sentiment/valid.jsonl" "$data/sb10k/train.jsonl" "$data/potts/train.jsonl")
    valid=() test=("$data/tweet_eval_sentiment/test_half_a.jsonl") label=sentiment_macro_f1 ;;
  *) usage ;;
esac
for file in "${train[@]}" "${test[@]}"; do
  [ -e "$file" ] || { echo "$file is missing" >&2; exit 2; }
done
[ -z "$quality" ] || options+=(--quality "$quality")
for seed in "${seeds[@]}"; do
  began=$SECONDS
  "$lotse" train --data "${train[@]}" ${valid[@]+--valid "${valid[@]}"} --base "$base" --seed "$seed" \
    "${options[@]}" --out "$work/pack" 2>"$work/log" || { tail -5 "$work/log" >&2; exit 1; }
  took=$((SECONDS - began))
  "$lotse" evaluate --model "$work/pack" --data "${test[@]}" --json "$work/report.json" \
    ${options[0]+$([ "${options[0]}" = --out-of-scope ] && echo "--out-of-scope ${options[1]}")} >/dev/null 2>&1
  python3 - "$work/report.json" "$set" "$seed" "$took" "$label" <<'PYTHON'
import json, sys
path, name, seed, took, label = sys.argv[1:]
figures = json.load(open(path))["figures"]
shown = [label, "ece_intent"] + [k for k in ("out_of_scope_auroc", "out_of_scope_recall_at_2_points_lost", "out_of_scope_recall", "in_scope_rejected") if k in figures]
print(name, f"seed {seed}", f"trained in {took} s", *(f"{k} {figures[k]:.4f}" for k in shown if k in figures), sep="  ", flush=True)
PYTHON
  rm -rf "$work/pack"
done

"""Classify a sentence to a domain by the words each domain owns."""
import json
import re
import sys
from pathlib import Path

WORDS = json.loads((Path(__file__).parent.parent / "data" / "words.json").read_text(encoding="utf-8"))


def sentence(context):
    trigger = context.get("trigger") or {}
    given = context.get("input")
    if isinstance(given, dict) and given.get("text"):
        return str(given["text"])
    if isinstance(given, str) and given:
        return given
    return (trigger.get("params") or {}).get("text") or trigger.get("text") or ""


def classify(text):
    found = re.findall(r"[^\W\d_]+", text.lower())
    hits = {domain: [w for w in found if any(w.startswith(k) for k in keys)] for domain, keys in WORDS.items()}
    total = sum(len(h) for h in hits.values())
    best = max(hits, key=lambda d: len(hits[d]))
    tie = sum(len(h) == len(hits[best]) for h in hits.values()) > 1
    if total == 0 or tie:
        return {"domain": None, "confidence": 0, "reason": "no domain stands out; ask a person"}
    return {"domain": best, "confidence": round(len(hits[best]) / total, 2), "words": hits[best]}


context = json.load(sys.stdin)
json.dump({"apiVersion": "aspora/v1", "kind": "SkillResult", "output": classify(sentence(context))}, sys.stdout)

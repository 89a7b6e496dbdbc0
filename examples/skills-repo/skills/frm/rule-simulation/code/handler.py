"""Simulate "stop payments over AMOUNT (in COUNTRY)" on a sample of past transactions."""
import csv
import json
import re
import sys
from pathlib import Path

SAMPLE = Path(__file__).parent.parent / "data" / "transactions.csv"


def parameters(context):
    given = context.get("input") if isinstance(context.get("input"), dict) else {}
    params = (context.get("trigger") or {}).get("params") or {}
    # A manager forwards what somebody wrote; the amount and the country are somewhere in it.
    written = str(given.get("text", ""))
    number = re.search(r"\d[\d,]*(\.\d+)?", written)
    place = re.search(r"\bin ([A-Za-z]{2})\b", written)
    amount = given.get("amount", params.get("amount", number and number.group()))
    if amount is None:
        raise SystemExit("the amount is missing: say for example 'simulate rule over 500 in AE'")
    country = given.get("country", params.get("country", place and place.group(1))) or None
    return float(str(amount).replace(",", "")), country.upper() if country else None


def simulate(amount, country):
    caught = missed = bothered = 0
    with SAMPLE.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            stopped = float(row["amount"]) > amount and country in (None, row["country"])
            fraud = row["fraud"] == "1"
            caught += stopped and fraud
            missed += fraud and not stopped
            bothered += stopped and not fraud
    stopped = caught + bothered
    precision = round(caught / stopped, 2) if stopped else 0
    recall = round(caught / (caught + missed), 2) if caught + missed else 0
    return {
        "rule": "over %g%s" % (amount, " in " + country if country else ""),
        "caught": caught, "missed": missed, "bothered": bothered,
        "precision": precision, "recall": recall,
        "recommended": bool(stopped) and precision >= 0.5,
    }


json.dump({"apiVersion": "aspora/v1", "kind": "SkillResult", "output": simulate(*parameters(json.load(sys.stdin)))}, sys.stdout)

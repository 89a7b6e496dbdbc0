"""Score a résumé against a vacancy by written rules."""
import json
import re
import sys
from pathlib import Path

VACANCIES = json.loads((Path(__file__).parent.parent / "data" / "vacancies.json").read_text(encoding="utf-8"))


def screen(vacancy, resume):
    if not vacancy:
        return {"verdict": "needs a person", "reason": "for which vacancy? Give it as the input \"vacancy\""}
    asked = VACANCIES.get(vacancy)
    if asked is None:
        return {"vacancy": vacancy, "verdict": "needs a person", "reason": "there is no such vacancy"}
    if not resume.strip():
        return {"vacancy": vacancy, "verdict": "needs a person", "reason": "there is no résumé to read: give it as the input \"resume\""}
    text = resume.lower()
    named = lambda skill: re.search(r"(?<![\w])" + re.escape(skill.lower()) + r"(?![\w])", text) is not None
    years = max([int(n) for n in re.findall(r"(\d+)\s+years", text)] or [0])
    required = [s for s in asked["required"] if named(s)]
    wished = [s for s in asked["wished"] if named(s)]
    missing = [s for s in asked["required"] if s not in required]
    score = 2 * len(required) + len(wished) + (2 if years >= asked["years"] else 0)
    most = 2 * len(asked["required"]) + len(asked["wished"]) + 2
    return {
        "vacancy": vacancy, "score": score, "of": most, "required": required, "wished": wished, "missing": missing,
        "years": years, "verdict": "needs a person" if missing else "invite",
    }


context = json.load(sys.stdin)
given = context.get("input") if isinstance(context.get("input"), dict) else {"resume": context.get("input") or ""}
params = (context.get("trigger") or {}).get("params") or {}
vacancy = str(given.get("vacancy") or params.get("vacancy") or "").strip().lower().replace(" ", "-")
json.dump({"apiVersion": "aspora/v1", "kind": "SkillResult", "output": screen(vacancy, str(given.get("resume", "")))}, sys.stdout)

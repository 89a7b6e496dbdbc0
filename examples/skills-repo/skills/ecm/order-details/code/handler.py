"""Look up an order by number."""
import json
import sys
from pathlib import Path

ORDERS = json.loads((Path(__file__).parent.parent / "data" / "orders.json").read_text(encoding="utf-8"))


def order_id(context):
    given = context.get("input")
    if isinstance(given, dict) and given.get("order_id") is not None:
        return str(given["order_id"])
    if isinstance(given, (str, int)) and str(given):
        return str(given)
    params = (context.get("trigger") or {}).get("params") or {}
    # A manager forwards what somebody wrote; the number is somewhere in it.
    written = given.get("text", "") if isinstance(given, dict) else ""
    return str(params.get("order_id") or written)


def look_up(number):
    number = "".join(c for c in number if c.isdigit())
    order = ORDERS.get(number)
    if order is None:
        return {"found": False, "message": "There is no order %s. Please check the number." % (number or "without a number")}
    last = order["movements"][-1]
    return {
        "found": True,
        "order": number,
        "state": order["state"],
        "amount": "%.2f %s" % (order["amount"], order["currency"]),
        "last_movement": last,
        "message": "Order %s is %s: %s on %s." % (number, order["state"], last["what"], last["when"]),
    }


context = json.load(sys.stdin)
answer = look_up(order_id(context))
json.dump({"apiVersion": "aspora/v1", "kind": "SkillResult", "output": answer, "text": answer["message"]}, sys.stdout)

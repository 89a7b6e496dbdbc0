"""The OpenAPI document: valid for others than us, whole, and true. Every route is driven from it, with what it allows and with what it does not."""
import json
import os
import re
import subprocess

import pytest

from gateway_api import Api
from system import ROOT, System, upload
from test_gateway_objects import skill

HERE = os.path.join(ROOT, "tests", "openapi")
TOOLS = os.path.join(ROOT, ".venv", "bin")
# The answer to each request is looked at for these. What is refused is told by tests of our own, which know why.
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
          "response_headers_conformance")


def tool(name):
    path = os.path.join(TOOLS, name)
    if not os.path.exists(path):
        pytest.skip("%s is not installed: script/bootstrap could not make .venv" % name)
    return path


@pytest.fixture(scope="module")
def s():
    with System(config="") as it:
        it.init_repo()
        it.gateway_options(rate=100000, burst=100000)
        it.deploy()
        yield it


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.key("root", "admin"))


@pytest.fixture(scope="module")
def document(s, api, tmp_path_factory):
    r = api.get("/api/v1/openapi.json")
    assert r.status == 200 and r.headers["Content-Type"] == "application/json"
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_text(r.text, encoding="utf-8")
    return str(path), r.json


def operations(d):
    return [(m.upper(), p, o) for p, ops in d["paths"].items() for m, o in ops.items()]


def test_an_independent_validator_takes_the_document(document):
    r = subprocess.run([tool("openapi-spec-validator"), document[0]], capture_output=True, text=True)
    assert r.returncode == 0 and r.stdout.strip().endswith(": OK"), r.stdout + r.stderr


def test_every_operation_is_described_to_the_end(document):
    d = document[1]
    assert d["openapi"] == "3.1.0"
    seen = set()
    for method, path, o in operations(d):
        at = method + " " + path
        assert o["summary"].endswith(".") and o["operationId"] not in seen, at
        seen.add(o["operationId"])
        named = {p["name"] for p in o["parameters"] if p["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path)), at
        assert all(p["description"] and p["schema"] for p in o["parameters"]), at
        assert ("requestBody" in o) == ("x-aspora-body-bytes" in o), at
        good = [c for c in o["responses"] if c[0] in "23"]
        assert good and "default" not in o["responses"], at
        assert {"400", "429", "5XX"} <= set(o["responses"]), at
        if method != "GET":
            assert {"401", "403", "409"} <= set(o["responses"]), at
        assert o["x-aspora-roles"] or o["security"] == [], at


def test_every_reference_leads_somewhere(document):
    d = document[1]
    for ref in set(re.findall(r'"\$ref":"#/([^"]+)"', json.dumps(d, separators=(",", ":")))):
        node = d
        for part in ref.split("/"):
            node = node[part]
    used = set(re.findall(r"schemas/(\w+)", json.dumps(d)))
    assert {"Problem", "Wish", "Skill", "SkillList", "Patch"} <= used


def test_a_table_of_fields_is_the_schema_of_its_body(document):
    body = document[1]["paths"]["/api/v1/suspensions"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert schema["required"] == ["kind", "name"] and schema["additionalProperties"] is False
    assert {"kind", "domain", "name", "ttl", "dryRun", "reason", "resourceVersion"} == set(schema["properties"])
    patch = document[1]["paths"]["/api/v1/domains/{name}"]["patch"]["requestBody"]["content"]
    assert list(patch) == ["application/merge-patch+json"]


def names(s, api):
    """Of everything that there is one of, so that routes are not only told what is not there."""
    for content in ("a" * 64, "b" * 64):
        assert api.post("/api/v1/quarantines?wait=30s", {"domain": "hr", "skill": "leave-balance", "content": content}).status == 200
    w = api.post("/api/v1/uploads?wait=30s", upload(skill("lab", "boss", role="manager"), skill("lab", "other")))
    assert w.status == 200, w
    s.wait_converged()
    e = api.post("/api/v1/executions?wait=30s", {"skill": "ecm/order-details", "input": {"order_id": "17"}})
    assert e.status == 200, e
    assert api.post("/api/v1/keys", {"name": "spare"}).status == 201
    found = {kind: [o["metadata"]["name"] for o in api.items("/api/v1/" + kind)]
             for kind in ("platforms", "domains", "skills", "routes", "sources", "releases", "admissions", "instances", "events", "quarantines")}
    found.update({"{domain}": ["ecm", "hr", "lab"], "wishes": [w.json["metadata"]["name"]], "keys": ["spare"],
                  "executions": [e.json["metadata"]["name"]], "assets": ["app.js", "app.css"]})
    found["admissions"].append(s.content("ecm", "order-details"))
    return found


def test_every_route_answers_as_the_document_says(s, api, document, tmp_path):
    report = tmp_path / "report.xml"
    env = dict(os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=HERE, PYTHONDONTWRITEBYTECODE="1", ASPORA_NAMES=json.dumps(names(s, api)))
    r = subprocess.run(
        [tool("schemathesis"), "run", document[0], "--url", "http://" + api.address, "-H", "Authorization: Bearer " + api.key,
         "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--seed", "20261124", "--no-shrink", "--continue-on-failure",
         "--suppress-health-check", "all", "--request-timeout", "20", "--workers", "1", "--generation-database", "none", "--warnings", "off",
         "--report", "junit", "--report-junit-path", str(report)],
        capture_output=True, text=True, env=env, cwd=tmp_path, timeout=240)
    assert r.returncode == 0, r.stdout[-12000:] + r.stderr[-2000:]
    tested = report.read_text(encoding="utf-8").count("<testcase ")
    assert tested >= len(operations(document[1])), r.stdout[-3000:]
    assert not s.logged("role.ended"), s.tail()

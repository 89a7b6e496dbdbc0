#!/usr/bin/env python3
"""The digests of test_digest.c, worked out from the words of skill/digest.h alone. Prints them as name and hex."""
import hashlib
import struct


def tagged(tag, data):
    return hashlib.blake2b(tag.encode() + b"\0" + data, digest_size=32).digest()


def field(b):
    b = b if isinstance(b, bytes) else b.encode()
    return struct.pack(">I", len(b)) + b


def number(n):
    return field(struct.pack(">Q", n))


def blob(text):
    return tagged("aspora.blob.v1", text.encode())


def record(path, mode, text):
    return field(path) + field(mode) + field(blob(text))


def strings(items):
    return field(struct.pack(">Q", len(items)) + b"".join(field(i) for i in items))


FIRM, DOMAIN, RUNBOOK, GUARD = "# Firm\n", "# Domain\n", "# One\n", "# No\n"
CONFIG = "limits: {timeout: 5s}\nruntime: {env: {REGION: eu}}\nmcp: {tools: [erp.get]}\n"
CASES = "## One\n### Input\nx\n### Expect\n- contains \"y\"\n"
DESK = "---\nname: desk\ndescription: Field work.\nrole: field\n---\n"
LEAD = "---\nname: lead\ndescription: Leads.\nrole: manager\n---\n"
HANDLER = ("code/handler.py", "100755", "print(1)\n")
DESK_FILES = [("GUARDRAILS.md", "100644", GUARD), ("SKILL.md", "100644", DESK),
              ("aspora.config.yaml", "100644", CONFIG), HANDLER, ("tests/cases.md", "100644", CASES)]


# What is at its default is left out.
def runtime_config(timeout_ms, env):
    out = b""
    if timeout_ms != 30000:
        out += field("limits.timeout") + number(timeout_ms)
    if env:
        entries = struct.pack(">Q", len(env)) + b"".join(field(field(k) + field(v)) for k, v in env)
        out += field("runtime.env") + field(entries)
    return out


def context_config(tools):
    out = field("budget.per_run_usd") + number(5000000)
    if tools:
        out += field("mcp.tools") + strings(tools)
    return out + field("guard.pii") + field("block")


def context(skill_guard, runbooks, tools):
    zero = bytes(32)
    out = b""
    for name, digest in [("FIRM.md", blob(FIRM)), ("DOMAIN.md", blob(DOMAIN)), ("DECISIONS.md", zero),
                         ("GUARDRAILS.md", zero), ("DECISIONS.md", zero), ("GUARDRAILS.md", skill_guard)]:
        out += field(name) + field(digest)
    out += number(len(runbooks))
    for path, text in runbooks:
        out += field(path) + field(blob(text))
    return tagged("aspora.context.v1", out + context_config(tools))


def runtime(files, handler, timeout_ms, env):
    out = number(len(files)) + b"".join(record(*f) for f in files) + field(handler)
    return tagged("aspora.runtime.v1", out + runtime_config(timeout_ms, env))


desk_content = tagged("aspora.content.v1", b"".join(record(*f) for f in DESK_FILES))
lead_content = tagged("aspora.content.v1", record("SKILL.md", "100644", LEAD))
desk_runtime = runtime([HANDLER], "code/handler.py", 5000, [("REGION", "eu")])
lead_runtime = runtime([], "", 30000, [])
desk_context = context(blob(GUARD), [("runbooks/one.md", RUNBOOK)], ["erp.get"])
lead_context = context(bytes(32), [], [])
domain_policy = field("guard.pii") + field("block")
platform_policy = field("budget.per_run_usd") + number(5000000)
candidate = field("ecm") + number(2)
for name, *digests in [("desk", desk_content, desk_runtime, desk_context), ("lead", lead_content, lead_runtime, lead_context)]:
    candidate += field(name) + b"".join(field(d) for d in digests)
candidate += number(2) + field("DOMAIN.md") + field(blob(DOMAIN)) + field("runbooks/one.md") + field(blob(RUNBOOK))
candidate = tagged("aspora.domain.v1", candidate + domain_policy)
policy = tagged("aspora.policy.v1", number(7) + field(platform_policy) + field(domain_policy))

for name, digest in [("desk.content", desk_content), ("desk.runtime", desk_runtime), ("desk.context", desk_context),
                     ("lead.context", lead_context), ("candidate", candidate), ("policy", policy), ("firm", blob(FIRM))]:
    print(name, digest.hex())

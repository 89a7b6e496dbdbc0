/*
 * The three digests, specification version 1 (golden-tested; written out in ARCHITECTURE.md).
 *
 * All are BLAKE2b-256 over a domain tag, a NUL byte, and records; a record is its fields, each as a 4-byte big-endian length
 * and the bytes; integers are 8 bytes big-endian.
 *   content  "aspora.content.v1": for each file in path order: path, mode (as octal text), blob digest
 *   runtime  "aspora.runtime.v1": the same over the files a sandbox sees (all but tests/, fixtures/, SKILL.md's and other Markdown of the
 *            skill's root), the handler, and config_canonical_runtime()
 *   context  "aspora.context.v1": digests of FIRM.md, DOMAIN.md, DECISIONS.md, GUARDRAILS.md of the levels that the role may see,
 *            and what the cascade contributes that a sandbox cannot see
 * A domain candidate is "aspora.domain.v1": for each skill name, content, runtime, context; then the domain's own files and config.
 * A policy is "aspora.policy.v1": rule set version, platform and domain policy. A surface is "aspora.surface.v1".
 */
#ifndef SKILL_DIGEST_H
#define SKILL_DIGEST_H

#include "skill/snapshot.h"

struct digest skill_digest_content(const struct manifest *m);
struct digest skill_digest_runtime(const struct skill *s, const struct config *effective);
struct digest skill_digest_context(const struct snapshot *snap, const struct domain *d,
				   const struct domain_skill *ds);
struct digest domain_digest(const struct snapshot *snap, const struct domain *d);
struct digest policy_digest(const struct config_doc *platform, const struct config_doc *domain,
			    uint32_t rules_version);

/* True when a file of a skill is visible inside its sandbox (and so part of the runtime digest). */
bool skill_file_is_runtime(struct str path);

#endif

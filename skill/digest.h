/*
 * The three digests, specification version 1 (golden-tested; written out in ARCHITECTURE.md).
 *
 * All are BLAKE2b-256 over a domain tag, a NUL byte, and records; a record is its fields, each as a 4-byte big-endian length
 * and the bytes; integers are 8 bytes big-endian, digests 32 bytes. Nothing stands between records, and every record of one kind has the same number
 * of fields, but for lists, which are preceded by their count.
 *
 *   content  "aspora.content.v1": for each file in path order: path, mode (as octal text), blob digest.
 *            A blob's digest is "aspora.blob.v1" over its bytes (manifest.h). A folder that could not be read whole has "aspora.broken.v1" over its
 *            tree id instead, so that it never shares a verdict with a good one.
 *   runtime  "aspora.runtime.v1": count of files, the same three fields for each file a sandbox sees (skill_file_is_runtime()),
 *            the handler's path, then the bytes of config_canonical_runtime()
 *   context  "aspora.context.v1": for each knowledge file in the order below: its name ("FIRM.md", "DOMAIN.md" …) and digest, all zero when there is none;
 *            then the count of runbooks and path and digest of each; then the bytes of config_canonical_context().
 *            Knowledge: FIRM.md; the domain's DOMAIN.md, DECISIONS.md, GUARDRAILS.md; the skill's DECISIONS.md, GUARDRAILS.md. Runbooks are the
 *            domain's, for the role field; other roles never see them, and their count is 0.
 *
 * A domain candidate is "aspora.domain.v1": name; count of skills; for each, by name: name, content, runtime, context; count of the domain's own files;
 * for each, by path: path, digest; then the bytes of config_canonical_policy() of its configuration. A domain of whose own files something was refused in reading has
 * "aspora.broken.v1" over its name and tree id.
 * A policy is "aspora.policy.v1": rule set version (8 bytes), the platform's and the domain's config_canonical_policy(), each as one field.
 * A surface is "aspora.surface.v1" (verdict.h).
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

/*
 * True when a file of a skill is visible inside its sandbox (and so part of the runtime digest): all but tests/, evals/, fixtures/, the
 * configuration, and Markdown at the top of its folder.
 */
bool skill_file_is_runtime(struct str path);

#endif

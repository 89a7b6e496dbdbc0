/*
 * What the two files of the YAML reader share: the words for what is refused. Only they include
 * libyaml.
 */
#ifndef BASE_DOC_YAML_INT_H
#define BASE_DOC_YAML_INT_H

#include <yaml.h>

#include "base/doc_int.h"

/*
 * Turns libyaml's error into a sentence that says what to write. Returns ERR_SYNTAX or
 * ERR_INVALID.
 */
int doc_yaml_syntax(const struct doc_parse *p, const yaml_parser_t *parser);
/* A list or map stands where a key is wanted; at: its byte. */
int doc_yaml_refuse_key(const struct doc_parse *p, const yaml_event_t *event, size_t at);
/* An alias, an anchor or a tag. */
int doc_yaml_refuse_property(const struct doc_parse *p, const yaml_event_t *event, size_t at,
			     bool anchor);
/* A second document, or a directive. */
int doc_yaml_refuse_document(const struct doc_parse *p, const yaml_event_t *event, bool directive);

#endif

schema prints JSON Schemas.

  $ aspora schema | head -n 4
  {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:aspora:schema:config:v1",
    "title": "aspora.config.yaml",
  $ aspora schema config > config.json; aspora schema > default.json; cmp config.json default.json
  $ aspora schema context | head -n 5
  {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:aspora:schema:v1:SkillContext",
    "title": "SkillContext",
    "description": "What a skill's handler reads from standard input.",
  $ aspora schema result | head -n 5
  {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:aspora:schema:v1:SkillResult",
    "title": "SkillResult",
    "description": "What a skill's handler prints. Any other JSON value is taken as the output.",
  $ aspora schema frontmatter
  {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:aspora:schema:frontmatter:v1",
    "title": "Frontmatter of SKILL.md",
    "type": "object",
    "required": [
      "name",
      "description"
    ],
    "properties": {
      "name": {
        "description": "The skill's name: that of its folder.",
        "type": "string",
        "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
        "maxLength": 64
      },
      "description": {
        "description": "What the skill does, and when to use it.",
        "type": "string",
        "minLength": 1,
        "maxLength": 1024
      },
      "domain": {
        "description": "The skill's domain: the folder above its own.",
        "type": "string",
        "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
        "maxLength": 64
      },
      "role": {
        "description": "What the skill is among those of its domain.",
        "enum": [
          "manager",
          "specialist",
          "field"
        ]
      },
      "trigger": {
        "description": "What starts the skill: one trigger, or a list of them.",
        "oneOf": [
          {
            "$ref": "#/$defs/trigger"
          },
          {
            "type": "array",
            "maxItems": 16,
            "items": {
              "$ref": "#/$defs/trigger"
            }
          }
        ]
      },
      "license": {
        "description": "The licence of the skill.",
        "type": "string"
      },
      "compatibility": {
        "description": "What the skill needs where it runs.",
        "type": "string",
        "maxLength": 500
      },
      "allowed-tools": {
        "description": "Tools that a client may let the skill use without asking.",
        "type": [
          "string",
          "array"
        ]
      },
      "metadata": {
        "description": "Further keys of other programs.",
        "type": "object"
      }
    },
    "$defs": {
      "trigger": {
        "type": [
          "object",
          "string"
        ],
        "properties": {
          "command": {
            "description": "Words and {placeholders}: order status {order_id}.",
            "type": [
              "string",
              "array"
            ]
          },
          "cron": {
            "description": "A schedule: weekdays 09:00 Asia/Dubai.",
            "type": [
              "string",
              "array"
            ]
          },
          "alert": {
            "description": "The name of an alert.",
            "type": [
              "string",
              "array"
            ]
          },
          "always": {
            "description": "Kept running; started again after this long.",
            "type": [
              "string",
              "null"
            ]
          }
        },
        "additionalProperties": false
      }
    }
  }
  $ aspora schema confg
  aspora: aspora schema has no "confg" (did you mean "aspora schema config"?)
  [2]
  $ aspora schema a b
  aspora: aspora schema does not know what to do with "b" (it is: aspora schema [config | context | result | frontmatter])
  [2]

They are schemas, and the examples pass them.
#needs /usr/bin/python3
  $ cat > check.py <<'END'
  > import json, pathlib, sys
  > import jsonschema
  > for name in ("config", "context", "result", "frontmatter"):
  >     schema = json.loads(pathlib.Path(name + ".json").read_text())
  >     jsonschema.Draft202012Validator.check_schema(schema)
  >     print(name, schema["type"])
  > END
  $ for s in context result frontmatter; do aspora schema $s > $s.json; done
  $ /usr/bin/python3 check.py
  Traceback (most recent call last):
    File "$DIR/work/check.py", line 6, in <module>
      print(name, schema["type"])
                  ~~~~~~^^^^^^^^
  KeyError: 'type'
  [1]

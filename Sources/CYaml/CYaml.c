#include "CYaml.h"

#include <stdlib.h>
#include <yaml.h>

#define BATCH 256

struct CYaml_Parser {
  yaml_parser_t yaml;
  yaml_event_t owned[BATCH];
  CYaml_Event events[BATCH];
  int count;
  int finished;
  int failed;
};

CYaml_Parser *CYaml_open(const uint8_t *bytes, size_t length) {
  CYaml_Parser *parser = calloc(1, sizeof *parser);
  if (parser == NULL) return NULL;
  if (!yaml_parser_initialize(&parser->yaml)) {
    free(parser);
    return NULL;
  }
  yaml_parser_set_input_string(&parser->yaml, bytes, length);
  return parser;
}

static void release(CYaml_Parser *parser) {
  for (int i = 0; i < parser->count; i++) yaml_event_delete(&parser->owned[i]);
  parser->count = 0;
}

// Writes what Swift needs of one event; 0 for an event that says nothing to it.
static int flatten(const yaml_event_t *from, CYaml_Event *to) {
  *to = (CYaml_Event){.line = from->start_mark.line, .column = from->start_mark.column};
  switch (from->type) {
  case YAML_DOCUMENT_START_EVENT:
    to->kind = CYaml_documentStart;
    return 1;
  case YAML_DOCUMENT_END_EVENT:
    to->kind = CYaml_documentEnd;
    return 1;
  case YAML_SEQUENCE_START_EVENT:
    to->kind = CYaml_sequenceStart;
    to->anchor = (const char *)from->data.sequence_start.anchor;
    to->tag = (const char *)from->data.sequence_start.tag;
    return 1;
  case YAML_SEQUENCE_END_EVENT:
    to->kind = CYaml_sequenceEnd;
    return 1;
  case YAML_MAPPING_START_EVENT:
    to->kind = CYaml_mappingStart;
    to->anchor = (const char *)from->data.mapping_start.anchor;
    to->tag = (const char *)from->data.mapping_start.tag;
    return 1;
  case YAML_MAPPING_END_EVENT:
    to->kind = CYaml_mappingEnd;
    return 1;
  case YAML_ALIAS_EVENT:
    to->kind = CYaml_alias;
    to->anchor = (const char *)from->data.alias.anchor;
    return 1;
  case YAML_SCALAR_EVENT:
    to->kind = CYaml_scalar;
    to->value = from->data.scalar.value;
    to->length = from->data.scalar.length;
    to->anchor = (const char *)from->data.scalar.anchor;
    to->tag = (const char *)from->data.scalar.tag;
    switch (from->data.scalar.style) {
    case YAML_PLAIN_SCALAR_STYLE:
      to->style = CYaml_plain;
      break;
    case YAML_LITERAL_SCALAR_STYLE:
      to->style = CYaml_literal;
      break;
    case YAML_FOLDED_SCALAR_STYLE:
      to->style = CYaml_folded;
      break;
    default:
      to->style = CYaml_quoted;
    }
    return 1;
  default:
    return 0;
  }
}

int CYaml_next(CYaml_Parser *parser, const CYaml_Event **events) {
  release(parser);
  *events = parser->events;
  while (parser->count < BATCH && !parser->finished) {
    yaml_event_t *event = &parser->owned[parser->count];
    if (!yaml_parser_parse(&parser->yaml, event)) {
      // The events before the error come first.
      parser->finished = parser->failed = 1;
      break;
    }
    if (event->type == YAML_STREAM_END_EVENT) parser->finished = 1;
    if (flatten(event, &parser->events[parser->count])) {
      parser->count++;
    } else {
      yaml_event_delete(event);
    }
  }
  return parser->count == 0 && parser->failed ? -1 : parser->count;
}

const char *CYaml_error(const CYaml_Parser *parser, uint32_t *line, uint32_t *column) {
  const yaml_parser_t *yaml = &parser->yaml;
  *line = yaml->problem_mark.line;
  *column = yaml->problem_mark.column;
  if (yaml->error == YAML_MEMORY_ERROR) return "not enough memory";
  if (yaml->error == YAML_READER_ERROR) {
    *line = yaml->mark.line;
    *column = yaml->mark.column;
  }
  return yaml->problem != NULL ? yaml->problem : "not YAML";
}

void CYaml_close(CYaml_Parser *parser) {
  if (parser == NULL) return;
  release(parser);
  yaml_parser_delete(&parser->yaml);
  free(parser);
}

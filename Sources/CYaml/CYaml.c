#include "CYaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define BATCH 256
// A batch also ends at this many bytes: libyaml holds each scalar in a buffer of up to twice its size.
#define BATCH_BYTES (256 * 1024)

struct CYaml_Parser {
  yaml_parser_t yaml;
  const uint8_t *input;
  size_t length;
  size_t position;
  // The number of the token that libyaml scans, where the token began, and how long a token may be.
  size_t token;
  size_t tokenStart;
  size_t longest;
  yaml_event_t owned[BATCH];
  CYaml_Event events[BATCH];
  int count;
  int finished;
  int failed;
  int foundLongToken;
};

// Gives libyaml the next piece of the input. libyaml also asks in the middle of a token, and would collect any length of
// it, so a token that grows beyond the limit ends the input here.
static int feed(void *owner, unsigned char *buffer, size_t size, size_t *count) {
  CYaml_Parser *parser = owner;
  size_t token = parser->yaml.tokens_parsed + (size_t)(parser->yaml.tokens.tail - parser->yaml.tokens.head);
  if (token != parser->token) {
    parser->token = token;
    parser->tokenStart = parser->position;
  } else if (parser->position - parser->tokenStart > parser->longest) {
    parser->foundLongToken = 1;
    return 0;
  }
  size_t rest = parser->length - parser->position;
  *count = rest < size ? rest : size;
  if (*count > 0) memcpy(buffer, parser->input + parser->position, *count);
  parser->position += *count;
  return 1;
}

CYaml_Parser *CYaml_open(const uint8_t *bytes, size_t length, size_t longest) {
  CYaml_Parser *parser = calloc(1, sizeof *parser);
  if (parser == NULL) return NULL;
  if (!yaml_parser_initialize(&parser->yaml)) {
    free(parser);
    return NULL;
  }
  parser->input = bytes;
  parser->length = length;
  parser->longest = longest;
  yaml_parser_set_input(&parser->yaml, feed, parser);
  return parser;
}

static void release(CYaml_Parser *parser) {
  for (int i = 0; i < parser->count; i++) yaml_event_delete(&parser->owned[i]);
  parser->count = 0;
}

// Copies the fields that Swift needs from one event. Returns 0 for an event that Swift does not use.
static int flatten(const yaml_event_t *from, CYaml_Event *to) {
  *to = (CYaml_Event){
      .line = from->start_mark.line,
      .column = from->start_mark.column,
      .endLine = from->end_mark.line,
      .endColumn = from->end_mark.column,
  };
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
  size_t bytes = 0;
  while (parser->count < BATCH && bytes < BATCH_BYTES && !parser->finished) {
    yaml_event_t *event = &parser->owned[parser->count];
    if (!yaml_parser_parse(&parser->yaml, event)) {
      // The events before the error are returned first.
      parser->finished = parser->failed = 1;
      break;
    }
    if (event->type == YAML_STREAM_END_EVENT) parser->finished = 1;
    if (flatten(event, &parser->events[parser->count])) {
      bytes += parser->events[parser->count].length;
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
  if (yaml->error == YAML_READER_ERROR) {
    *line = yaml->mark.line;
    *column = yaml->mark.column;
  }
  return yaml->problem != NULL ? yaml->problem : "not YAML";
}

CYaml_Fault CYaml_fault(const CYaml_Parser *parser) {
  if (parser->foundLongToken) return CYaml_longToken;
  return parser->yaml.error == YAML_MEMORY_ERROR ? CYaml_noMemory : CYaml_malformed;
}

void CYaml_close(CYaml_Parser *parser) {
  if (parser == NULL) return;
  release(parser);
  yaml_parser_delete(&parser->yaml);
  free(parser);
}

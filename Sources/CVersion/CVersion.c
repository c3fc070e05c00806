#include "CVersion.h"

#ifndef SCTP_AGENT_COMMIT
#define SCTP_AGENT_COMMIT "unknown"
#endif

const char *CVersion_commit(void) { return SCTP_AGENT_COMMIT; }

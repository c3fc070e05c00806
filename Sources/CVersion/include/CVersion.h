#pragma once

/// The commit that this was built from. In C because only a C target takes a string from the manifest.
const char *CVersion_commit(void);

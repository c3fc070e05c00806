// Keeps the program from requiring a newer glibc than the oldest host has.
#include <math.h>

// Swift's libraries call these, and glibc 2.35 gave them a new version, so that a program linked with it would not start
// on RHEL 9. hypotl has none. Hidden: for this program alone.
__attribute__((visibility("hidden"))) double hypot(double x, double y) { return hypotl(x, y); }
__attribute__((visibility("hidden"))) float hypotf(float x, float y) { return hypotl(x, y); }

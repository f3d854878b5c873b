// SPDX-License-Identifier: Apache-2.0
// A program that calls nothing that is traced: prints how many threads it has and which libraries.
#include <stdio.h>
#include <string.h>

int main(void) {
  char line[4096];
  FILE* status = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof line, status) != NULL) {
    if (strncmp(line, "Threads:", 8) == 0) fputs(line, stdout);
  }
  fclose(status);
  FILE* maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps) != NULL) {
    if (strstr(line, "libcurl") != NULL || strstr(line, "libcairn-export") != NULL) {
      fputs(line, stdout);
    }
  }
  fclose(maps);
  return 7;
}

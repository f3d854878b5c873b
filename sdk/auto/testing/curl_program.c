// SPDX-License-Identifier: Apache-2.0
// A program that knows nothing of tracing. "threads": four threads, five requests each, with a
// header of their own; "multi": three at once; "unread": one whose result nobody asks for, and the
// same handle again, in another multi handle; "cancel": a thread is canceled in the middle; "fork":
// one before a fork, one in the child; "forks": children of a process whose other threads are busy.
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char* url;

static size_t swallow(char* data, size_t size, size_t count, void* user) {
  (void)data, (void)user;
  return size * count;
}

static CURL* make_request(struct curl_slist* headers) {
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  return curl;
}

static void* request_five(void* failed) {
  struct curl_slist* headers = curl_slist_append(NULL, "X-Own: yes");
  CURL* curl = make_request(headers);
  for (int i = 0; i < 5; ++i) *(int*)failed += curl_easy_perform(curl) != CURLE_OK;
  curl_easy_cleanup(curl);
  curl_slist_free_all(headers);
  return NULL;
}

static int request_with_threads(void) {
  pthread_t threads[4];
  int failed[4] = {0};
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, request_five, &failed[i]);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  return failed[0] + failed[1] + failed[2] + failed[3];
}

static int request_at_once(void) {
  CURLM* multi = curl_multi_init();
  CURL* requests[3];
  for (int i = 0; i < 3; ++i) {
    requests[i] = make_request(NULL);
    curl_multi_add_handle(multi, requests[i]);
  }
  int running = 1;
  int good = 0;
  while (running > 0) {
    curl_multi_perform(multi, &running);
    curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  int left = 0;
  CURLMsg* message;
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    good += message->data.result == CURLE_OK;
  }
  // In the order that asks most of who watches.
  for (int i = 0; i < 3; ++i) curl_easy_cleanup(requests[i]);
  curl_multi_cleanup(multi);
  return good == 3 ? 0 : 1;
}

static int request_unread(void) {
  CURL* request = make_request(NULL);
  for (int i = 0; i < 2; ++i) {
    CURLM* multi = curl_multi_init();
    curl_multi_add_handle(multi, request);
    for (int running = 1; running > 0;) {
      curl_multi_perform(multi, &running);
      if (running > 0) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    curl_multi_cleanup(multi);  // nothing was removed from it
  }
  curl_easy_cleanup(request);
  return 0;
}

// Nobody answers at this url.
static void* request_forever(void* unused) {
  (void)unused;
  curl_easy_perform(make_request(NULL));
  return NULL;
}

static int request_until_canceled(void) {
  pthread_t thread;
  void* result = NULL;
  pthread_create(&thread, NULL, request_forever, NULL);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  puts(result == PTHREAD_CANCELED ? "canceled" : "answered");
  return 0;
}

static atomic_int stop;

static void* set_headers(void* unused) {
  (void)unused;
  CURL* curl = make_request(NULL);
  while (!stop) curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
  curl_easy_cleanup(curl);
  return NULL;
}

static int fork_with_busy_threads(void) {
  pthread_t threads[4];
  int failed = 0;
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, set_headers, NULL);
  for (int i = 0; i < 300 && failed == 0; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);  // ends it if it hangs
      curl_easy_cleanup(make_request(NULL));
      _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    failed = status;
  }
  stop = 1;
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  return failed != 0;
}

static int request_once(void) {
  CURL* curl = make_request(NULL);
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  return code == CURLE_OK ? 0 : 1;
}

int main(int argc, char** argv) {
  if (argc != 3) return 9;
  url = argv[2];
  curl_global_init(CURL_GLOBAL_DEFAULT);
  if (strcmp(argv[1], "threads") == 0) return request_with_threads();
  if (strcmp(argv[1], "multi") == 0) return request_at_once();
  if (strcmp(argv[1], "unread") == 0) return request_unread();
  if (strcmp(argv[1], "cancel") == 0) return request_until_canceled();
  if (strcmp(argv[1], "forks") == 0) return fork_with_busy_threads();
  if (request_once() != 0) return 1;
  const pid_t child = fork();
  if (child == 0) return request_once();
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 8;
}

// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/store_maintenance.h"

#include <algorithm>

#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/random_seed.h"
#include "base/thread.h"

namespace cairn::storage::columnar {
namespace {

constexpr auto kLook = std::chrono::seconds(5);
constexpr int kNice = 10;  // of the thread: the kernel gives it what others leave
// An hour's segments are merged as a whole when it has been over for so long.
constexpr std::uint64_t kCloseAfterNanos = 600'000'000'000;

SegmentPointers pick(const SegmentPointers& segments, const std::vector<std::uint64_t>& ids) {
  SegmentPointers picked;
  for (const auto& segment : segments) {
    if (std::ranges::find(ids, segment->info().id) != ids.end()) picked.push_back(segment);
  }
  return picked;
}

std::vector<std::uint64_t> ids_of(std::span<const std::shared_ptr<const Segment>> segments) {
  std::vector<std::uint64_t> ids;
  for (const auto& segment : segments) ids.push_back(segment->info().id);
  return ids;
}

// Whether some resource of the segment satisfies `wanted`.
Result<bool> any_service(const Segment& segment,
                         const std::function<bool(std::string_view)>& wanted) {
  if (segment.groups().empty()) return false;
  ASSIGN_OR_RETURN(const auto schema, segment.groups().front()->schema());
  for (std::size_t i = 0; i < schema->resources.published_size(); ++i) {
    if (wanted(schema->resources[i].service_name())) return true;
  }
  return false;
}

// Whether the target may have spans in the segment.
Result<bool> touches(const Segment& segment, const EraseTarget& target) {
  if (const auto* traces = std::get_if<EraseTraces>(&target)) {
    for (const model::TraceId& id : traces->ids) {
      if (!segment.may_contain(id)) continue;
      ASSIGN_OR_RETURN(const auto places, segment.find(id));
      if (!places.empty()) return true;
    }
    return false;
  }
  if (const auto* service = std::get_if<EraseService>(&target)) {
    return any_service(segment, [&](std::string_view name) { return name == service->service; });
  }
  const TimeRange& range = std::get<EraseRange>(target).range;
  const SegmentInfo& info = segment.info();
  return info.max_start >= range.begin &&
         (info.min_start < range.end || range.end == model::Timestamp::max());
}

CompactionFilter filter_of(const EraseTarget& target) {
  CompactionFilter filter;
  if (const auto* traces = std::get_if<EraseTraces>(&target)) {
    filter.drop_trace = [ids = std::set<model::TraceId>(traces->ids.begin(), traces->ids.end())](
                            const model::TraceId& id) { return ids.contains(id); };
  } else if (const auto* service = std::get_if<EraseService>(&target)) {
    filter.drop_service = [name = service->service](std::string_view of) { return of == name; };
  } else {
    filter.drop_start = [range = std::get<EraseRange>(target).range](model::Timestamp start) {
      return range.contains(start);
    };
  }
  return filter;
}

}  // namespace

void StoreMaintenance::start() {
  thread_ = start_thread("store-compact", [this](const std::stop_token& stop) { run(stop); });
}

void StoreMaintenance::stop() {
  if (!thread_.joinable()) return;
  {
    const MutexLock lock(mutex_);  // or the thread may just be about to wait
    thread_.request_stop();
  }
  changed_.notify_all();
  thread_.join();
}

void StoreMaintenance::wake() {
  {
    const MutexLock lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void StoreMaintenance::run(const std::stop_token& stop) {
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);  // only a wish
  while (!stop.stop_requested()) {
    Deadline until_stopped;
    until_stopped.cancelled = stop;
    if (auto done = work(false, until_stopped); !done && !stop.stop_requested()) {
      log_warn("compaction", {{"why", done.error().message}});
    }
    const MutexLock lock(mutex_);
    if (!woken_ && !stop.stop_requested()) {
      changed_.wait_until(mutex_, std::chrono::steady_clock::now() + kLook);
    }
    woken_ = false;
  }
}

Result<void> StoreMaintenance::work(bool everything, const Deadline& deadline) {
  const MutexLock lock(one_at_a_time_);
  RETURN_IF_ERROR(clear_unpublished());
  const auto tenants = core_.tenants();
  Result<void> first;
  const auto note = [&first](Result<void> done) {
    if (first && !done) first = std::move(done);
  };
  // What makes room goes first, and nobody's trouble keeps others waiting.
  for (TenantState* tenant : tenants) note(retain(*tenant, deadline));
  services_looked_at_ = core_.clock().unix_nanos() / kPartitionNanos;
  for (TenantState* tenant : tenants) note(compact_some(*tenant, everything, deadline));
  return first;
}

Result<void> StoreMaintenance::retain(TenantState& tenant, const Deadline& deadline) {
  const SegmentPointers segments = tenant.sources->segments();
  // By the manifest, so that those that cannot be read go as well.
  std::vector<SegmentInfo> all;
  for (const auto& [id, info] : core_.manifest_state().segments) {
    if (info.tenant == tenant.sources->tenant().name) all.push_back(info);
  }
  Rewrite expired;
  expired.gone = expired_segments(all, core_.options().retention, core_.clock().unix_nanos());
  if (!expired.gone.empty()) {
    for (const auto& segment : pick(segments, expired.gone)) {
      expired.dropped += segment->info().rows;
    }
    RETURN_IF_ERROR(publish(tenant, expired));
    evicted_spans_ += expired.dropped;
  }
  return retain_services(tenant, deadline);
}

// Once an hour is enough: ages are counted in whole hours.
Result<void> StoreMaintenance::retain_services(TenantState& tenant, const Deadline& deadline) {
  const auto& services = core_.options().retention.services;
  const std::uint64_t now = core_.clock().unix_nanos();
  if (services.empty() || services_looked_at_ == now / kPartitionNanos) return {};
  for (const auto& segment : tenant.sources->segments()) {
    const std::uint64_t end = (segment->info().partition + 1) * kPartitionNanos;
    const auto is_over = [&](std::string_view name) {
      return std::ranges::any_of(services, [&](const auto& limit) {
        return limit.first == name && end + static_cast<std::uint64_t>(limit.second.count()) <= now;
      });
    };
    const Result<bool> touched = any_service(*segment, is_over);
    if (!touched || !*touched) continue;  // a segment that cannot be read stays as it is
    Rewrite kept;
    const Result<void> done = rewrite({&segment, 1}, {{}, is_over, {}}, deadline, kept);
    if (!done && done.error().code == ErrorCode::kCorruption) {
      log_error("retention leaves a segment", {{"why", done.error().message}});
      continue;
    }
    RETURN_IF_ERROR(done);
    RETURN_IF_ERROR(publish(tenant, kept));
    evicted_spans_ += kept.dropped;
  }
  return {};
}

std::vector<CompactionChoice> StoreMaintenance::choices(const SegmentPointers& segments,
                                                        bool everything) const {
  std::vector<SegmentInfo> readable;
  {
    const MutexLock lock(mutex_);
    for (const auto& segment : segments) {
      if (!unreadable_.contains(segment->info().id)) readable.push_back(segment->info());
    }
  }
  const std::uint64_t now = core_.clock().unix_nanos();
  const auto closed = [now](std::uint64_t hour) {
    return (hour + 1) * kPartitionNanos + kCloseAfterNanos <= now;
  };
  return choose_compactions(readable, core_.options().compaction_policy, closed, everything);
}

std::uint64_t StoreMaintenance::debt() const {
  std::uint64_t segments = 0;
  for (TenantState* tenant : core_.tenants()) {
    for (const auto& choice : choices(tenant->sources->segments(), false)) {
      segments += choice.segments.size();
    }
  }
  return segments;
}

Result<void> StoreMaintenance::compact_some(TenantState& tenant, bool everything,
                                            const Deadline& deadline) {
  for (;;) {
    const SegmentPointers segments = tenant.sources->segments();
    const auto due = choices(segments, everything);
    for (const CompactionChoice& choice : due) {
      Rewrite merged;
      merged.level = choice.level;
      const SegmentPointers inputs = pick(segments, choice.segments);
      if (!has_room_for(inputs)) return unavailable("compaction: too little disk is free");
      const Result<void> done = rewrite(inputs, {}, deadline, merged);
      if (!done && done.error().code == ErrorCode::kCorruption) {
        leave_unreadable(inputs, done.error());
        continue;
      }
      RETURN_IF_ERROR(done);
      RETURN_IF_ERROR(publish(tenant, merged));
    }
    // What came out may be worth merging again, but only while it becomes less.
    if (due.empty() || tenant.sources->segments().size() >= segments.size()) return {};
  }
}

bool StoreMaintenance::has_room_for(const SegmentPointers& inputs) const {
  std::uint64_t needed = core_.options().min_free_bytes;
  for (const auto& input : inputs) needed += input->info().bytes;
  return core_.free_bytes() >= needed;
}

void StoreMaintenance::leave_unreadable(const SegmentPointers& inputs, const Error& why) {
  log_error("segments are left uncompacted", {{"why", why.message}});
  std::vector<std::uint64_t> bad;
  for (const auto& input : inputs) {
    if (!input->check()) bad.push_back(input->info().id);
  }
  if (bad.empty()) bad = ids_of(inputs);  // each is fine alone; together they are not
  const MutexLock lock(mutex_);
  unreadable_.insert(bad.begin(), bad.end());
}

Result<void> StoreMaintenance::rewrite(std::span<const std::shared_ptr<const Segment>> inputs,
                                       const CompactionFilter& filter, const Deadline& deadline,
                                       Rewrite& into) {
  CompactionOptions options = core_.options().compaction;
  options.segment = core_.options().segment;
  options.segment.filter_seed = random_seed();
  options.level = into.level;
  const CompactionOutput output{[this] { return core_.next_id(); },
                                [this](std::uint64_t id) { return core_.segment_path(id); }};
  ASSIGN_OR_RETURN(CompactionResult result, compact(inputs, filter, core_.fs(), output, options,
                                                    [&] { return pace(deadline); }));
  for (const std::uint64_t id : ids_of(inputs)) into.gone.push_back(id);
  into.made.insert(into.made.end(), result.outputs.begin(), result.outputs.end());
  into.dropped += result.rows_dropped;
  compacted_spans_ += result.rows_in;
  return {};
}

Result<void> StoreMaintenance::publish(TenantState& tenant, const Rewrite& rewrite) {
  SegmentPointers opened;
  for (const SegmentInfo& info : rewrite.made) {
    auto segment = Segment::open(core_.fs(), core_.segment_path(info.id), info.id, core_.cache());
    if (!segment) {
      abandon(rewrite);
      return segment.error();
    }
    opened.push_back(*std::move(segment));
  }
  if (auto synced = core_.fs().sync_directory(core_.segment_directory()); !synced) {
    abandon(rewrite);
    return synced;
  }
  ManifestEdit edit;
  edit.add_segments = rewrite.made;
  edit.remove_segments = rewrite.gone;
  if (auto done = core_.publish(*tenant.sources, std::move(edit), nullptr, std::move(opened));
      !done) {
    for (const SegmentInfo& info : rewrite.made) unpublished_.push_back(info.id);
    return done;
  }
  core_.remove_files(rewrite.gone);
  // What heads learned about spans that are gone is no longer true.
  if (rewrite.dropped != 0) core_.seal_all(tenant);
  return {};
}

Result<void> StoreMaintenance::clear_unpublished() {
  if (unpublished_.empty()) return {};
  TenantSources none{model::TenantId{}};
  RETURN_IF_ERROR(core_.publish(none, {}, nullptr, {}));
  core_.remove_files(unpublished_);
  unpublished_.clear();
  return {};
}

void StoreMaintenance::abandon(const Rewrite& rewrite) {
  for (const SegmentInfo& info : rewrite.made) {
    (void)core_.fs().remove(core_.segment_path(info.id)).has_value();  // or the next start does
  }
}

Result<std::uint64_t> StoreMaintenance::erase(const model::TenantId& tenant_id,
                                              const EraseTarget& target, const Deadline& deadline) {
  const MutexLock lock(one_at_a_time_);
  ASSIGN_OR_RETURN(TenantState* const tenant, core_.tenant(tenant_id));
  if (const auto missing = tenant->sources->snapshot()->missing; !missing.empty()) {
    return unavailable("erase: a part of the store cannot be read, so it cannot be erased from: " +
                       missing.front());
  }
  RETURN_IF_ERROR(flusher_.flush_all(deadline));
  const CompactionFilter filter = filter_of(target);
  Rewrite kept;
  for (const auto& segment : tenant->sources->segments()) {
    Result<bool> touched = touches(*segment, target);
    Result<void> done = pace(deadline);
    if (done && touched && *touched) done = rewrite({&segment, 1}, filter, deadline, kept);
    if (!touched || !done) {
      abandon(kept);
      return annotate(touched ? done.error() : touched.error(), "erase");
    }
  }
  if (kept.gone.empty()) return std::uint64_t{0};
  RETURN_IF_ERROR(publish(*tenant, kept));
  return kept.dropped;
}

// Between two pieces of a compaction. Who comes first is the kernel's affair (kNice).
Result<void> StoreMaintenance::pace(const Deadline& deadline) {
  if (deadline.passed()) {
    return deadline.cancelled.stop_requested() ? unavailable("the store is closing")
                                               : deadline_exceeded("compaction");
  }
  return {};
}

}  // namespace cairn::storage::columnar

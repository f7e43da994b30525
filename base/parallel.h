// Independent pieces of work on all cores.
#pragma once

#include <cstddef>
#include <memory>

#include "base/result.h"

namespace base {

// Processors this process may run on, at least 1 and at most 16.
size_t processor_count();

using ParallelCall = Result<void> (*)(void* context, size_t index);
// Calls `call(context, i)` once for each i below `count`, on several threads where that helps, in no order. Of several
// failures the one of the lowest index is returned; after the first nothing new is begun.
Result<void> run_parallel(size_t count, ParallelCall call, void* context);

// The same for anything that can be called with an index and returns Result<void>.
template <class Work>
Result<void> for_each_parallel(size_t count, Work& work) {
    return run_parallel(
        count, [](void* context, size_t index) { return (*static_cast<Work*>(context))(index); }, &work);
}

// Pieces of work that become possible one by one, done on other threads meanwhile. For one thread, which adds them.
class ParallelQueue {
  public:
    // `threads` may be 0: then all is done in finish().
    ParallelQueue(size_t threads, ParallelCall call, void* context);
    template <class Work>
    ParallelQueue(size_t threads, Work& work)
        : ParallelQueue(
              threads, [](void* context, size_t index) { return (*static_cast<Work*>(context))(index); }, &work) {}
    ~ParallelQueue();  // what has not begun is dropped
    void add(size_t index);
    bool failed() const;  // nothing new is begun any more
    // Takes part in what is left. Of several failures the one of the lowest index is returned.
    Result<void> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace base

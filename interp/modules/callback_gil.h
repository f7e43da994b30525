// Calls into libraries that call back: the GIL is released around the call, and callbacks get it again for the thread they run on.
#pragma once

#include "interp/runtime/thread.h"

namespace py {

class CallbackGilReleased {
  public:
    CallbackGilReleased();
    ~CallbackGilReleased();  // keeps errno
    CallbackGilReleased(const CallbackGilReleased&) = delete;
    CallbackGilReleased& operator=(const CallbackGilReleased&) = delete;

  private:
    Thread *thread_, *outer_;
};
// In a callback: harmless where the GIL is held.
class CallbackGil {
  public:
    CallbackGil();
    ~CallbackGil();
    CallbackGil(const CallbackGil&) = delete;
    CallbackGil& operator=(const CallbackGil&) = delete;

  private:
    Thread* thread_ = nullptr;
};

}  // namespace py

#include "pooler/replay/restart_savepoint.h"

namespace pooler {

bool RestartSavepoint::goes_in_front(RestartPlace place, bool certain) {
    if (state_ != State::kDue) return false;
    if (!certain) place = RestartPlace::kNever;
    if (place == RestartPlace::kFront) state_ = State::kOpen;
    if (place == RestartPlace::kNever) state_ = State::kNone;
    return place == RestartPlace::kFront;
}

}  // namespace pooler

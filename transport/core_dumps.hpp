#pragma once

namespace dlms::transport {

/// From now on a crash of this process leaves no core dump, which would hold keys and passwords;
/// nor may other processes of the user read its memory. For programs, at their start. Does what
/// the system knows of it, elsewhere nothing.
void forbid_core_dumps();

}  // namespace dlms::transport

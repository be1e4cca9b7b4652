// Request bodies: the first octet chooses the call, the rest is the JSON. Whatever comes is parsed
// or answered with 422; no exception leaves the edge.

#include "server/json_requests.hpp"

#include <utility>

#include "fuzz/property.hpp"

namespace {

template <class Request>
void check(const dlms::service::Parsed<Request>& parsed) {
    dlms::fuzz::require(parsed || (parsed.error().status >= 400 && parsed.error().status < 500),
                        "what cannot be used is answered as the caller's error");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    dlms::fuzz::Feed feed({bytes, size});
    const dlms::Byte choice = feed.octet();
    dlms::service::HttpRequest request;
    request.body = dlms::as_text(feed.octets(size));
    switch (choice % 6) {
        case 0: check(dlms::service::parse_connect(request)); break;
        case 1: check(dlms::service::parse_read(request)); break;
        case 2: check(dlms::service::parse_read_multiple(request)); break;
        case 3: check(dlms::service::parse_write(request)); break;
        case 4: check(dlms::service::parse_decode(request)); break;
        default:
            request.query.emplace_back("meter_number", std::exchange(request.body, {}));
            check(dlms::service::parse_disconnect(request));
            break;
    }
    return 0;
}

// HTTP requests: the first octets choose how the rest is cut into pieces. However the octets of a
// connection arrive, the same requests come out of them, or the same refusal; and what is taken
// keeps to the limits.

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/property.hpp"
#include "server/http_request_reader.hpp"

namespace {

using dlms::service::FramedRequest;
using dlms::service::HttpLimits;
using dlms::service::HttpRequestReader;
using State = HttpRequestReader::State;

constexpr HttpLimits limits{1024, 256, 8, 512};

// What a connection's octets came to.
struct Outcome {
    std::vector<FramedRequest> requests;
    int refused = 0;  // status; 0: not
    std::string detail;
};

void take_all(HttpRequestReader& reader, Outcome& outcome) {
    while (reader.state() == State::complete) {
        outcome.requests.push_back(reader.take_request());
    }
    if (reader.state() == State::refused) {
        outcome.refused = reader.refusal().status;
        outcome.detail = reader.refusal().body;
    }
}

void check_limits(const Outcome& outcome) {
    for (const FramedRequest& request : outcome.requests) {
        dlms::fuzz::require(request.head_size <= request.octets.size(), "the head is part of it");
        dlms::fuzz::require(request.head_size <= limits.head_octets, "the head is bounded");
        dlms::fuzz::require(request.body().size() <= limits.body_octets, "the body is bounded");
        dlms::fuzz::require(request.headers.size() <= limits.header_fields, "so are its fields");
        dlms::fuzz::require(!request.method.empty() && !request.target.empty(),
                            "method and target are known");
    }
    const bool is_status =
        outcome.refused == 0 || (outcome.refused >= 400 && outcome.refused < 600);
    dlms::fuzz::require(is_status, "a refusal is an error");
}

void require_same(const Outcome& whole, const Outcome& pieces) {
    dlms::fuzz::require(whole.refused == pieces.refused && whole.detail == pieces.detail,
                        "the same refusal however it is cut");
    dlms::fuzz::require(whole.requests.size() == pieces.requests.size(),
                        "as many requests however they are cut");
    for (std::size_t index = 0; index < whole.requests.size(); ++index) {
        const FramedRequest& one = whole.requests[index];
        const FramedRequest& other = pieces.requests[index];
        dlms::fuzz::require(one.octets == other.octets && one.head_size == other.head_size &&
                                one.method == other.method && one.target == other.target &&
                                one.headers == other.headers && one.keep_alive == other.keep_alive,
                            "the same requests however they are cut");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    dlms::fuzz::Feed feed({bytes, size});
    dlms::fuzz::Feed cuts(feed.octets(4));
    const std::string octets(dlms::as_text(feed.octets(size)));

    Outcome whole;
    HttpRequestReader at_once(limits);
    at_once.receive(octets);
    take_all(at_once, whole);
    check_limits(whole);

    Outcome pieces;
    HttpRequestReader in_pieces(limits);
    std::string_view rest = octets;
    while (!rest.empty()) {
        const std::size_t piece = std::size_t{1} + cuts.octet();
        in_pieces.receive(rest.substr(0, piece));
        take_all(in_pieces, pieces);
        rest.remove_prefix(std::min(piece, rest.size()));
    }
    require_same(whole, pieces);
    return 0;
}

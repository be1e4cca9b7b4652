#pragma once
// TcpStream: the octets that one side of a TCP connection sent, put in order again.

#include <cstdint>
#include <map>
#include <vector>

#include "stack/base/bytes.hpp"

namespace dlms::render {

class TcpStream {
public:
    struct Counters {
        std::size_t out_of_order = 0;   ///< segments that came before others that they follow
        std::size_t retransmitted = 0;  ///< segments without a new octet
        std::size_t overlapping = 0;    ///< segments with old octets and new ones
    };

    /// Octets in their order, or how many are not in the capture.
    struct Part {
        ByteBuffer octets;
        std::size_t missing = 0;
    };

    /// Keeps at most `most_waiting` octets of segments that came too early; above that, what is
    /// before them is taken for missing.
    explicit TcpStream(std::size_t most_waiting) : most_waiting_(most_waiting) {}

    /// A segment: where it begins, what was captured of it, and how many octets behind that were
    /// cut off. Without a SYN the first segment begins the stream. Returns what is in order now.
    std::vector<Part> receive(std::uint32_t sequence, ByteView payload, std::size_t cut_off);
    /// A SYN: the stream begins behind it.
    void begin(std::uint32_t sequence);
    /// The other side has everything before this: what is not here by now was not captured. Returns
    /// what is in order now.
    std::vector<Part> acknowledge(std::uint32_t acknowledged);
    /// Nothing follows: what waits for missing octets comes without them.
    std::vector<Part> finish();

    const Counters& counters() const { return counters_; }

private:
    struct Waiting {
        ByteBuffer octets;
        std::size_t cut_off = 0;

        std::size_t size() const { return octets.size() + cut_off; }
    };
    /// What keeping a segment takes, about.
    static std::size_t cost(const Waiting& waiting) { return waiting.octets.size() + 128; }

    /// Where a sequence number lies from the present place, which moves by 2^31 at most.
    std::int64_t distance(std::uint32_t sequence) const;
    void deliver(std::vector<Part>& parts, ByteView octets, std::size_t cut_off);
    void deliver_waiting(std::vector<Part>& parts);
    void skip_to_waiting(std::vector<Part>& parts);
    void take(std::vector<Part>& parts, std::int64_t place, ByteView payload, std::size_t cut_off);

    std::size_t most_waiting_;
    bool has_begun_ = false;
    std::int64_t next_ = 0;  ///< octets of the stream so far; grows past 2^32
    std::uint32_t next_sequence_ = 0;
    std::map<std::int64_t, Waiting> waiting_;  ///< by place in the stream
    std::size_t waiting_octets_ = 0;
    Counters counters_;
};

}  // namespace dlms::render

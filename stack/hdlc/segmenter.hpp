#pragma once
// Segmenter: APDUs on their way out, cut into information fields (Green Book 8.4.5.4.5; sheet
// sections 8.5, 8.6). The LLC header precedes the APDU and stands in its first segment only; all
// segments but the last have the segmentation bit.

#include "stack/base/bytes.hpp"

namespace dlms::hdlc {

struct Segment {
    ByteView information;  ///< valid until the next add(), drop() or clear()
    bool is_last = false;  ///< of its APDU
};

class Segmenter {
public:
    /// Forgets everything and cuts into at most `information_length` octets, which is not 0.
    void reset(std::size_t information_length);
    void add(ByteView llc, ByteView apdu);

    bool empty() const { return front_ == octets_.size(); }
    /// Octets that are not dropped, LLC headers included.
    std::size_t size() const { return octets_.size() - front_; }
    /// How many segments there are, counted no further than `most`.
    std::size_t count(std::size_t most) const;
    /// The segment with `index` others before it; index < count().
    Segment segment(std::size_t index) const;
    /// Drops the first segments, which the peer has; n <= count().
    void drop(std::size_t n);

private:
    struct Place {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t apdu = 0;  // which of ends_ it belongs to
    };
    void forget_dropped();
    Place first() const;
    Place after(const Place& place) const;
    Place place(std::size_t begin, std::size_t apdu) const;

    ByteBuffer octets_;              // APDUs with their LLC headers, one behind the other
    std::vector<std::size_t> ends_;  // where each of them ends in octets_
    std::size_t front_ = 0;          // of the first segment
    std::size_t information_length_ = 128;
};

}  // namespace dlms::hdlc

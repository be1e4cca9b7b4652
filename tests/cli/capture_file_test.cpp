// Captures as files: pcap in both orders of octets, pcapng, and what is neither.

#include "cli/capture_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"
#include "tests/support/packets.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

/// A file that is gone with its name's owner.
class File {
public:
    explicit File(ByteView octets) {
        std::string name =
            (std::filesystem::temp_directory_path() / "dlms-capture-XXXXXX").string();
        const int handle = mkstemp(name.data());
        BOOST_REQUIRE(handle >= 0);
        path_ = name;
        std::ofstream file(path_, std::ios::binary);
        file.write(as_text(octets).data(), static_cast<std::streamsize>(octets.size()));
    }
    ~File() { std::filesystem::remove(path_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

void append32_little(ByteBuffer& to, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        to.push_back(static_cast<Byte>(value >> shift));
    }
}

ByteBuffer sample_packet() {
    return packet({.from_port = 4059,
                   .to_port = 50'000,
                   .sequence = 1,
                   .acknowledged = 0,
                   .flags = TcpPacket::ack,
                   .payload = octets("0001000100100009C401C1000600003039")});
}

/// Least significant octet first, as most machines write them.
ByteBuffer pcap(std::uint32_t link = 1) {
    ByteBuffer file;
    append32_little(file, 0xA1B2C3D4);
    append32_little(file, 0x00040002);
    append32_little(file, 0);
    append32_little(file, 0);
    append32_little(file, 65'535);
    append32_little(file, link);
    const ByteBuffer captured = sample_packet();
    append32_little(file, 1000);
    append32_little(file, 42);
    append32_little(file, static_cast<std::uint32_t>(captured.size()));
    append32_little(file, static_cast<std::uint32_t>(captured.size()));
    append(file, captured);
    return file;
}

ByteBuffer pcap_in_the_other_order() {
    ByteBuffer file;
    append32(file, 0xA1B2C3D4);
    append32(file, 0x00020004);
    append32(file, 0);
    append32(file, 0);
    append32(file, 65'535);
    append32(file, 1);
    const ByteBuffer captured = sample_packet();
    append32(file, 1000);
    append32(file, 42);
    append32(file, static_cast<std::uint32_t>(captured.size()));
    append32(file, static_cast<std::uint32_t>(captured.size()));
    append(file, captured);
    return file;
}

/// Section header, interface description and one enhanced packet block.
ByteBuffer pcapng() {
    ByteBuffer captured = sample_packet();
    const auto size = static_cast<std::uint32_t>(captured.size());
    captured.resize((captured.size() + 3) / 4 * 4);
    ByteBuffer file;
    for (const std::uint32_t word :
         {0x0A0D0D0Au, 28u, 0x1A2B3C4Du, 0x00000001u, 0xFFFFFFFFu, 0xFFFFFFFFu, 28u}) {
        append32_little(file, word);
    }
    for (const std::uint32_t word : {1u, 20u, 1u, 65'535u, 20u}) {
        append32_little(file, word);
    }
    const auto block = static_cast<std::uint32_t>(32 + captured.size());
    // 1000.000042 s in microseconds.
    for (const std::uint32_t word : {6u, block, 0u, 0u, 1'000'000'042u, size, size}) {
        append32_little(file, word);
    }
    append(file, captured);
    append32_little(file, block);
    return file;
}

struct Read {
    std::string words;
    std::string problem;
};

Read read(ByteView octets) {
    const File file(octets);
    Read result;
    render::CaptureConversation conversation(
        {.offsets = true, .data = render::DataForm::octets},
        [&](const render::Json& entry) { result.words += render::entry_text(entry); });
    const auto status = cli::read_capture(
        file.path(),
        [&](render::PacketLink link, render::CaptureTime time, ByteView captured,
            std::size_t on_the_wire) { conversation.receive(link, time, captured, on_the_wire); });
    conversation.finish();
    if (!status) {
        result.problem = status.error().message;
    }
    return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(capture_file)

BOOST_AUTO_TEST_CASE(every_form_of_file_holds_the_same_conversation) {
    for (const ByteBuffer& file : {pcap(), pcap_in_the_other_order(), pcapng()}) {
        BOOST_TEST(cli::is_capture(file));
        const Read found = read(file);
        BOOST_TEST(found.problem == "");
        BOOST_TEST(found.words.starts_with("1970-01-01T00:16:40.000042Z  #1  192.0.2.219:4059 > "
                                           "192.0.2.80:50000  piece 1, wrapper, from octet 0\n"),
                   found.words);
        BOOST_TEST(found.words.find("double-long-unsigned 12345") != std::string::npos,
                   found.words);
    }
}

BOOST_AUTO_TEST_CASE(garbage_gets_a_sentence) {
    BOOST_TEST(!cli::is_capture(octets("C001C100")));
    BOOST_TEST(read(octets("C001C100")).problem != "");
    BOOST_TEST(read({}).problem != "");
    BOOST_TEST(read(pcap(105)).problem.find("link type IEEE802_11 are not read") !=
               std::string::npos);
    const auto missing = cli::read_capture("/nowhere/at/all", {});
    BOOST_TEST(!missing.has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_breaks_off_says_so_wherever_it_does) {
    for (const ByteBuffer& whole : {pcap(), pcapng()}) {
        const ByteBuffer twice = [&] {
            ByteBuffer both = whole;
            append(both, ByteView(whole).subspan(whole.size() - sample_packet().size()));
            return both;
        }();
        std::size_t told = 0;
        for (std::size_t length = 1; length < whole.size(); ++length) {
            told += read(ByteView(whole).first(length)).problem.empty() ? 0u : 1u;
        }
        // Between the header and a packet a file may end.
        BOOST_TEST(told >= whole.size() - 4);
        BOOST_TEST(read(twice).problem != "");
    }
}

BOOST_AUTO_TEST_SUITE_END()

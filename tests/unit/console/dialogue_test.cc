#include "pooler/console/dialogue.h"

#include <string>
#include <string_view>
#include <vector>

#include "pooler/console/columns.h"
#include "pooler/console/help_text.h"
#include "protocol/byte_writer.h"
#include "protocol/error_notice.h"
#include "protocol/result.h"
#include "protocol/simple_query.h"
#include "tests/support/catch.h"

using namespace pooler;
using protocol::ByteView;
using namespace std::string_literals;

namespace {

/// One reply in words: "T name:oid:format,...", "D a,b", "C tag", "E code message", "N message", or its tag
/// alone.
std::string words(char tag, ByteView body) {
    std::string text(1, tag);
    if (tag == 'E' || tag == 'N') {
        const auto fields = protocol::decode_error_fields(body);
        REQUIRE(fields);
        text += " " + std::string(fields->severity) + " " + std::string(fields->code) + " " +
                std::string(fields->message);
    } else if (tag == 'D') {
        const auto values = protocol::decode_data_row(body);
        REQUIRE(values);
        for (const auto& value : *values) text += " " + std::string(value.value_or("NULL"));
    } else if (tag == 'T') {
        const auto columns = protocol::decode_row_description(body);
        REQUIRE(columns);
        for (const auto& column : *columns) text += " " + std::string(column.name);
    } else if (tag == 'C') {
        text += " " + std::string(*protocol::decode_command_complete(body));
    } else if (!body.empty() && tag == 'Z') {
        text += std::string(body);
    }
    return text;
}

std::string words(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const protocol::FrameHeader header = protocol::read_header(bytes);
        REQUIRE(header.total_bytes() <= bytes.size());
        text += (text.empty() ? "" : " | ") +
                words(header.type, bytes.substr(protocol::kHeaderBytes, header.body_bytes()));
        bytes.remove_prefix(header.total_bytes());
    }
    return text;
}

const std::array kNumbers{Column{"n", ColumnType::kInt4}};

/// A console client. Commands that come out are answered with rows 1, 2, 3 for a SHOW, else with success.
struct Client {
    ConsoleDialogue dialogue;
    std::vector<Command> ran;
    bool closed = false;
    bool answers = true;

    explicit Client(ConsoleRole role = ConsoleRole::kAdmin) : dialogue(role) {}

    /// Sends whole messages and says what came back.
    std::string send(std::string_view messages) {
        std::string out;
        while (!messages.empty()) {
            const protocol::FrameHeader header = protocol::read_header(messages);
            const ByteView body = messages.substr(protocol::kHeaderBytes, header.body_bytes());
            const DialogueStep step = dialogue.on_message(header.type, body, out);
            messages.remove_prefix(header.total_bytes());
            closed = closed || step.close;
            if (!step.run) continue;
            ran.push_back(*step.run);
            if (answers) dialogue.answer(reply_to(*step.run), out);
        }
        return words(out);
    }

    std::string query(std::string_view text) {
        std::string bytes;
        protocol::encode_query(bytes, text);
        return send(bytes);
    }

    static CommandAnswer reply_to(const Command& command) {
        if (command.verb != Verb::kShow) return answer_done();
        ResultSet set(kNumbers);
        for (int i = 1; i <= 3; ++i) set.row().integer(i);
        return answer_rows(std::move(set));
    }
};

/// A Bind of the unnamed statement to the unnamed portal with the given tail.
std::string bind(const std::vector<int>& result_formats, int parameters = 0) {
    std::string rest;
    protocol::append_int16(rest, 0);
    protocol::append_int16(rest, static_cast<std::uint16_t>(parameters));
    for (int i = 0; i < parameters; ++i) protocol::append_int32(rest, 0xFFFFFFFFU);
    protocol::append_int16(rest, static_cast<std::uint16_t>(result_formats.size()));
    for (const int code : result_formats) protocol::append_int16(rest, static_cast<std::uint16_t>(code));
    std::string bytes;
    protocol::encode_bind_header(bytes, rest.size(), "", "");
    return bytes + rest;
}

std::string parse(std::string_view text, std::string_view name = "") {
    std::string bytes;
    protocol::encode_parse(bytes, name, text, protocol::kNoTypes);
    return bytes;
}

std::string execute(std::int32_t max_rows = 0, std::string_view portal = "") {
    std::string bytes;
    protocol::encode_execute(bytes, portal, max_rows);
    return bytes;
}

std::string describe(char kind, std::string_view name = "") {
    std::string bytes;
    protocol::encode_describe(bytes, kind, name);
    return bytes;
}

std::string sync_message() {
    std::string bytes;
    protocol::encode_sync(bytes);
    return bytes;
}

std::string all_of(std::string_view text) {
    return parse(text) + bind({}) + describe('P') + execute() + sync_message();
}

std::string raw(char tag, std::string_view body) {
    std::string bytes;
    protocol::MessageWriter(bytes, tag).bytes(body);
    return bytes;
}

}  // namespace

TEST_CASE("console dialogue: a query is answered with rows, tag and ready") {
    Client client;
    CHECK(client.query("SHOW POOLS") == "T n | D 1 | D 2 | D 3 | C SHOW | ZI");
    CHECK(client.query("RELOAD;") == "C RELOAD | ZI");
    CHECK(client.query("SET verbose = 1") == "C SET verbose=1 | ZI");
    REQUIRE(client.ran.size() == 3);
    CHECK(client.ran[0].show == Show::kPools);
}

TEST_CASE("console dialogue: an error of the text or of the command ends with ready") {
    Client client;
    CHECK(client.query("") == "E ERROR 08P01 invalid command '', use SHOW HELP; | ZI");
    CHECK(client.query("SELECT 1") == "E ERROR 08P01 invalid command 'SELECT 1', use SHOW HELP; | ZI");
    client.answers = false;
    CHECK(client.query("RELOAD").empty());
    std::string out;
    client.dialogue.answer(answer_error({"RELOAD failed, see logs for additional details", "F0000"}), out);
    CHECK(words(out) == "E ERROR F0000 RELOAD failed, see logs for additional details | ZI");
}

TEST_CASE("console dialogue: readers get no command to run that they may not run") {
    Client client(ConsoleRole::kStats);
    CHECK(client.query("PAUSE") == "E ERROR 08P01 admin access needed | ZI");
    CHECK(client.send(all_of("SHUTDOWN")) == "E ERROR 08P01 admin access needed | ZI");
    CHECK(client.ran.empty());
    CHECK(client.query("SHOW STATS") == "T n | D 1 | D 2 | D 3 | C SHOW | ZI");
}

TEST_CASE("console dialogue: what drivers ask for on their own is answered here") {
    Client client;
    CHECK(client.query("SHOW TimeZone") == "T timezone | D GMT | C SHOW | ZI");
    CHECK(client.query("SET extra_float_digits = 3") == "N NOTICE 00000 SET ignored | C SET | ZI");
    CHECK(client.query("SET application_name = 'x'") == "N NOTICE 00000 SET ignored | C SET | ZI");
    CHECK(client.query("-- ping") == "I | ZI");
    CHECK(client.send(all_of("")) == "1 | 2 | n | I | ZI");
    CHECK(client.ran.empty());
}

TEST_CASE("console dialogue: SHOW HELP is one notice without rows, its detail names the commands") {
    Client client;
    std::string bytes;
    protocol::encode_query(bytes, "SHOW HELP");
    std::string out;
    (void)client.dialogue.on_message('Q', std::string_view(bytes).substr(protocol::kHeaderBytes), out);
    CHECK(words(out) == "N NOTICE 00000 Console usage | C SHOW | ZI");
    const auto fields = protocol::decode_error_fields(
        std::string_view(out).substr(protocol::kHeaderBytes, protocol::read_header(out).body_bytes()));
    REQUIRE(fields);
    CHECK(fields->detail == kHelpDetail);
    for (const std::string word :
         {"SHOW HELP", "KILL_CLIENT", "WAIT_FOR_CLIENTS", "ENDPOINTS", "FAILOVER", "FAILBACK"}) {
        CHECK(fields->detail.find(word) != std::string_view::npos);
    }
}

TEST_CASE("console dialogue: notices of a command come before its tag") {
    Client client;
    client.answers = false;
    (void)client.query("SET client_tls_sslmode = 'require'");
    CommandAnswer answer = answer_done();
    answer.notices = {"TLS setup failed"};
    std::string out;
    client.dialogue.answer(answer, out);
    CHECK(words(out) == "N NOTICE 00000 TLS setup failed | C SET client_tls_sslmode=require | ZI");
}

TEST_CASE("console dialogue: the extended protocol runs a command once and describes it without running") {
    Client client;
    CHECK(client.send(parse("SHOW VERSION", "s") + describe('S', "s") + sync_message()) ==
          "1 | t | T version | ZI");
    CHECK(client.ran.empty());
    CHECK(client.send(all_of("SHOW POOLS")).find("1 | 2 | T database user cl_active") == 0);
    CHECK(client.ran.size() == 1);
    CHECK(client.send(all_of("RECONNECT")) == "1 | 2 | n | C RECONNECT | ZI");
    CHECK(client.send(parse("RELOAD", "r") + describe('S', "r") + sync_message()) == "1 | t | n | ZI");
}

TEST_CASE("console dialogue: after an error everything up to Sync is skipped, queries too") {
    Client client;
    CHECK(client.send(parse("BOGUS") + bind({}) + execute()) ==
          "E ERROR 08P01 invalid command 'BOGUS', use SHOW HELP;");
    CHECK(client.query("SHOW POOLS").empty());
    CHECK(client.send(sync_message()) == "ZI");
    CHECK(client.query("RELOAD") == "C RELOAD | ZI");
}

TEST_CASE("console dialogue: an error of a command run by Execute skips to Sync as well") {
    Client client;
    client.answers = false;
    CHECK(client.send(parse("RESUME") + bind({}) + execute()) == "1 | 2");
    REQUIRE(client.dialogue.busy());
    std::string out;
    client.dialogue.answer(answer_error({"pooler is not paused/suspended"}), out);
    CHECK(words(out) == "E ERROR 08P01 pooler is not paused/suspended");
    CHECK(client.send(execute() + sync_message()) == "ZI");
}

TEST_CASE("console dialogue: a command that takes its time is answered later") {
    Client client;
    client.answers = false;
    CHECK(client.query("PAUSE").empty());
    CHECK(client.dialogue.busy());
    std::string out;
    client.dialogue.answer(answer_done(), out);
    CHECK(words(out) == "C PAUSE | ZI");
    CHECK_FALSE(client.dialogue.busy());
    out.clear();
    client.dialogue.answer(answer_done(), out);  // nothing runs
    CHECK(out.empty());
}

TEST_CASE("console dialogue: Execute with a row limit suspends and goes on without running again") {
    Client client;
    CHECK(client.send(parse("SHOW POOLS") + bind({}) + execute(2)) == "1 | 2 | D 1 | D 2 | s");
    CHECK(client.send(execute(1)) == "D 3 | s");
    CHECK(client.send(execute(1)) == "C SHOW");
    CHECK(client.send(execute() + sync_message()) == "C SHOW | ZI");
    CHECK(client.ran.size() == 1);
    CHECK(client.send(execute() + sync_message()) ==
          "E ERROR 34000 portal \"\" does not exist | ZI");  // gone with Sync
    CHECK(client.send(parse("RELOAD") + bind({}) + execute() + execute() + sync_message()) ==
          "1 | 2 | C RELOAD | E ERROR 55000 portal \"\" cannot be run | ZI");
}

TEST_CASE("console dialogue: names are checked as a server does") {
    Client client;
    std::string bind_missing;
    protocol::encode_bind(bind_missing, "p", "nope", {});
    CHECK(client.send(bind_missing + sync_message()) ==
          "E ERROR 26000 prepared statement \"nope\" does not exist | ZI");
    CHECK(client.send(describe('S', "x") + sync_message()) ==
          "E ERROR 26000 prepared statement \"x\" does not exist | ZI");
    CHECK(client.send(describe('P', "x") + sync_message()) ==
          "E ERROR 34000 portal \"x\" does not exist | ZI");
    CHECK(client.send(parse("RELOAD", "a") + parse("RELOAD", "a") + sync_message()) ==
          "1 | E ERROR 42P05 prepared statement \"a\" already exists | ZI");
    std::string twice;
    protocol::encode_bind(twice, "p", "a", {});
    CHECK(client.send(twice + twice + sync_message()) ==
          "2 | E ERROR 42P03 cursor \"p\" already exists | ZI");
    std::string close;
    protocol::encode_close(close, 'S', "a");
    CHECK(client.send(close + close + sync_message()) == "3 | 3 | ZI");
    CHECK(client.send(parse("RELOAD") + parse("RESUME") + sync_message()) ==
          "1 | 1 | ZI");  // the unnamed one is replaced
    CHECK(client.query("RELOAD") == "C RELOAD | ZI");
    CHECK(client.send(bind({}) + sync_message()) ==
          "E ERROR 26000 prepared statement \"\" does not exist | ZI");
}

TEST_CASE("console dialogue: a client cannot pile up names") {
    Client client;
    for (std::size_t i = 0; i < ConsoleDialogue::kMaxNames; ++i) {
        REQUIRE(client.send(parse("RELOAD", "s" + std::to_string(i))) == "1");
    }
    CHECK(client.send(parse("RELOAD", "more") + sync_message()) ==
          "E ERROR 54000 too many prepared statements | ZI");
    CHECK(client.send(parse("RELOAD") + sync_message()) == "1 | ZI");
}

TEST_CASE("console dialogue: binary results only where Bind asked for them") {
    Client client;
    CHECK(client.send(parse("SHOW VERSION") + bind({1}) + sync_message()) == "1 | 2 | ZI");
    CHECK(client.send(parse("SHOW LISTS") + bind({0, 1}) + sync_message()) == "1 | 2 | ZI");
    CHECK(client.send(parse("SHOW LISTS") + bind({0, 1, 1}) + sync_message()) ==
          "1 | E ERROR 08P01 bind message has 3 result formats but query has 2 columns | ZI");
    CHECK(client.send(parse("SHOW LISTS") + bind({2}) + sync_message()) ==
          "1 | E ERROR 22023 unsupported format code: 2 | ZI");
    CHECK(client.send(parse("RELOAD") + bind({1}) + sync_message()) == "1 | 2 | ZI");
    CHECK(client.send(parse("RELOAD") + bind({}, 1) + sync_message()) ==
          "1 | E ERROR 08P01 bind message supplies 1 parameters, but a console command has none | ZI");
    CHECK(client.send(parse("SHOW POOLS") + bind({1}) + execute() + sync_message()) ==
          "1 | 2 | D \0\0\0\1 | D \0\0\0\2 | D \0\0\0\3 | C SHOW | ZI"s);
}

TEST_CASE("console dialogue: what is no message of a logged-in client closes the connection") {
    for (const std::string& message :
         {raw('p', "secret"), raw('d', "x"), raw('F', "xxxx"), raw('c', ""), raw('?', ""),
          raw('Q', "no zero"), raw('P', "x"), raw('B', ""), raw('E', ""), raw('D', "Xa"), raw('C', ""),
          raw('Q', std::string(ConsoleDialogue::kMaxMessageBytes + 1, ' '))}) {
        INFO(message.substr(0, 10));
        Client client;
        CHECK(client.send(message) == "E FATAL 08P01 bad packet");
        CHECK(client.closed);
    }
}

TEST_CASE("console dialogue: Terminate closes without a word, also while something runs or is skipped") {
    Client client;
    client.answers = false;
    CHECK(client.query("PAUSE").empty());
    CHECK(client.send(raw('X', "")).empty());
    CHECK(client.closed);
    Client other;
    (void)other.send(parse("BOGUS"));
    CHECK(other.send(raw('X', "")).empty());
    CHECK(other.closed);
}

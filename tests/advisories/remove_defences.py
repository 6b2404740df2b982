#!/usr/bin/env python3
"""Takes each defence out of a copy of the tree and sees its test fail.

    python3 tests/advisories/remove_defences.py [NAME...]
    python3 tests/advisories/remove_defences.py --check

Each entry: the test, of tests/advisories or tests/siege, then what is replaced by what in which file. It prints a
row for the tables in docs/testing.md. The exit status is 1 if a test passes without its defence, or if the code to be replaced is no
longer there; the latter, and that no test is without an entry, is all that `--check` looks at.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROTO = "bhrh/src/proto/"
HEADER = PROTO + "proxy_header/"
THOROUGH, FRAMING, CHUNKED = PROTO + "thorough.rs", PROTO + "framing.rs", PROTO + "chunked.rs"
MEANING, TARGET, RESPONSE = PROTO + "field_meaning.rs", PROTO + "request_target.rs", PROTO + "response.rs"
OUTPUT, INPUT = "bhrh/src/exchange/output/mod.rs", "bhrh/src/exchange/input.rs"
RULES = "bhrh/src/exchange/response_rules.rs"
CONTENT = "bhrh/src/exchange/output/content.rs"
REFUSAL, LOOP = "bhrh/src/turn/refusal.rs", "bhrh/src/engine/event_loop/"

NO_CR = (THOROUGH, "if line.contains(&b'\\r') {", "if false {")
NO_NUL = (THOROUGH, "if line.contains(&0) {", "if false {")
NO_CONTROL = (THOROUGH, "if !rules.profile.control_in_value && value.iter().any(|byte| is_control(*byte)) {", "if false {")

DEFENCES = {
    "framing::length_and_transfer_encoding_together": [
        (FRAMING, "(Some(_), Some(_)) => Err(ProtocolError::LengthAndTransferEncoding),",
         "(Some(_), Some(_)) => Ok(BodyLength::Chunked),")],
    "framing::two_lengths": [
        (FRAMING, "Some(earlier) if earlier != length => Err(ProtocolError::LengthsDiffer),", ""),
        (FRAMING, "Some(_) if !lax => Err(ProtocolError::LengthRepeated),", "")],
    "framing::a_length_with_a_sign_or_a_prefix": [
        (FRAMING, "    let digits = trim_ows(value).as_bytes();",
         "    if let Ok(length) = trim_ows(value).parse() { return Some(length); }\n"
         "    let digits = trim_ows(value).as_bytes();")],
    "framing::a_length_that_overflows": [
        (FRAMING, "number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))",
         "Some(number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')))")],
    "framing::a_transfer_coding_that_is_not_known": [
        (FRAMING, "return Err(ProtocolError::UnknownTransferCoding(coding.to_owned()));", "{}")],
    "framing::chunked_twice_or_not_last": [
        (FRAMING, "            if self.chunked {\n                return Err(ProtocolError::ChunkedNotLast(value.to_owned()));",
         "            if self.chunked {\n                return Ok(());")],
    "framing::a_transfer_encoding_before_http_11": [
        (FRAMING, "(Some(_), None) if !is_11 => Err(ProtocolError::TransferEncodingBefore11),", "")],
    "framing::framing_fields_with_an_underscore": [
        (MEANING, "if !profile.underscored_framing", "if false")],
    "lines::white_space_before_the_colon": [
        (THOROUGH, "std::str::from_utf8(&line[..colon])", "std::str::from_utf8(line[..colon].trim_ascii_end())")],
    "lines::a_folded_field": [
        (THOROUGH, "if !profile.obs_fold {", "if false {")],
    "lines::a_line_that_ends_in_lf_alone": [
        (THOROUGH, "if !line.crlf && !line.cut && !rules.profile.bare_lf {", "if false {")],
    "lines::a_cr_without_lf": [NO_CR, NO_CONTROL],
    "lines::a_control_character_in_a_value": [NO_NUL, NO_CONTROL],
    "lines::a_line_that_is_no_field": [
        (THOROUGH, "    let name = name.ok_or_else(malformed)?;", "    let Some(name) = name else { return Ok(()) };")],
    "lines::a_path_that_is_a_host": [
        (PROTO + "request_line.rs", "head.path.start += slashes.saturating_sub(1);", "let _ = slashes;")],
    "lines::a_host_that_is_none": [
        (MEANING, "if !request_target::is_host(value) {", "if false {")],
    "lines::two_hosts_or_none": [
        (MEANING, "Some(_) if notes.hosts > 1 => Err(ProtocolError::HostRepeated),", "")],
    "chunks::a_size_that_overflows": [
        (CHUNKED, "let size = u64::from_str_radix(text, 16)",
         "let size = u64::from_str_radix(&text[text.len().saturating_sub(16)..], 16)"),
        (CHUNKED, "if size > i64::MAX as u64 || digits > 16 {", "if false {")],
    "chunks::a_size_with_a_sign_or_a_prefix": [
        (CHUNKED, "let digits = line.iter().take_while(",
         "let line = line.strip_prefix(b\"0x\").or(line.strip_prefix(b\"+\")).unwrap_or(line);\n"
         "        let digits = line.iter().take_while(")],
    "chunks::a_line_end_inside_of_an_extension": [
        (CHUNKED, "                if !after_cr {\n                    return Err(ProtocolError::BadChunk(\"line ends in LF without CR\"));\n"
         "                }\n                self.line.pop();",
         "                if after_cr {\n                    self.line.pop();\n                }")],
    "chunks::an_extension_that_is_none": [
        (CHUNKED, "if !is_extension(extension) || self.extensions > EXTENSIONS {", "if self.extensions > EXTENSIONS {")],
    "chunks::an_extension_without_end": [
        (CHUNKED, "const SIZE_LINE: usize = 256;", "const SIZE_LINE: usize = 1 << 20;")],
    "chunks::extensions_that_are_much_more_than_the_content": [
        (CHUNKED, "const EXTENSIONS: usize = 16 << 10;", "const EXTENSIONS: usize = 1 << 30;")],
    "chunks::a_chunk_that_does_not_end_where_it_said": [
        (CHUNKED, "State::DataEnd if !line.is_empty() => {", "State::DataEnd if false => {"),
        (CHUNKED, "State::DataEnd => 2,", "State::DataEnd => 200,")],
    "chunks::a_trailer_that_is_no_field": [
        (CHUNKED, "let Some(name) = name.filter(|_| !control) else { return Err(bad) };",
         "let Some(name) = name.filter(|_| !control) else { return Ok(()) };")],
    "chunks::trailers_without_end": [
        (CHUNKED, "const TRAILERS: usize = 16 << 10;", "const TRAILERS: usize = 1 << 30;")],
    "chunks::a_trailer_that_would_be_believed": [
        (CHUNKED, "if is_forbidden_trailer(name) {", "if false {")],
    "desync::a_body_that_nobody_read": [
        (INPUT, "    pub(crate) fn drop_body(&mut self, limit: u64) -> Leftover {",
         "    pub(crate) fn drop_body(&mut self, limit: u64) -> Leftover {\n"
         "        if limit < u64::MAX { return Leftover::Dropped { bytes: 0 }; }")],
    "desync::a_body_that_is_too_long_to_be_dropped": [
        (INPUT, "if dropped > limit || self.unread()", "if self.unread()"),
        (INPUT, "Body::Bytes(left) if *left > limit => true,", "")],
    "desync::content_that_was_never_asked_for": [
        (INPUT, "_ => self.unanswered_expectation && !self.body_is_here() && !self.body_is_done(),", "_ => false,")],
    "desync::a_request_after_one_that_was_refused": [
        (REFUSAL, "        Next::Close(Closing::Cut) => Next::Close(Closing::Cut),\n        _ => Next::Close(Closing::Linger),",
         "        Next::Close(Closing::Cut) => Next::Close(Closing::Cut),\n"
         "        _ => {\n"
         "            let blank = |input: &[u8]| input.windows(4).position(|end| end == b\"\\r\\n\\r\\n\");\n"
         "            let end = blank(live.wire.input.borrow().unread()).map_or(0, |at| at + 4);\n"
         "            live.wire.input.borrow_mut().consume(end);\n"
         "            Next::Turn\n        }")],
    "desync::a_request_after_the_last": [
        (MEANING, "notes.close |= option.eq_ignore_ascii_case(\"close\");", "")],
    "desync::an_upgrade_that_nobody_offered": [
        (RULES, "101 if self.profile.frame_body && !self.leaves => Some(HeadFault::NoUpgrade),", "")],
    "responses::a_line_end_in_a_value": [
        (RESPONSE, "b'\\r' | b'\\n' | 0 => true,", "b'\\r' | b'\\n' | 0 => false,")],
    "responses::a_line_end_in_a_name": [
        (RESPONSE, "&& !is_token(name) {", "&& name.is_empty() {")],
    "responses::a_character_whose_lowest_byte_is_a_line_end": [
        (PROTO + "header_value.rs", "Err(_) => self.outside_latin1 = true,", "Err(_) => self.bytes.push(c as u32 as u8),"),
        (RESPONSE, "b'\\r' | b'\\n' | 0 => true,", "b'\\r' | b'\\n' | 0 => false,")],
    "responses::a_line_end_in_a_reason_phrase": [
        (RESPONSE, "Ok(byte) if is_control(byte) => b' ',", "")],
    "responses::a_framing_that_contradicts_itself": [
        (RESPONSE, "self.note_fault(HeadFault::TwoLengths);", "")],
    "responses::a_body_longer_than_its_length": [
        (CONTENT, "let fits = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));",
         "let fits = bytes.len();"),
        (CONTENT, "self.stage = Stage::Body(ResponseFraming::Length(left - fits as u64));",
         "self.stage = Stage::Body(ResponseFraming::Length(left.saturating_sub(fits as u64)));")],
    "responses::a_body_that_must_not_be": [
        (FRAMING, "head_request || status < 200 || matches!(status, 204 | 205 | 304)", "head_request && status < 200")],
    "responses::a_script_in_an_error_page": [
        (PROTO + "page.rs", 'write!(page, "{}", in_place(values.message))', 'write!(page, "{}", values.message)')],
    "logs::control_characters_in_the_log": [
        ("bhrh/src/base.rs", "let _ = LogEscape(&mut line).write_fmt(message);", "let _ = line.write_fmt(message);")],
    "memory::fields_without_end": [
        (THOROUGH, "if count > limits.fields {", "if false {")],
    "memory::a_line_without_end": [
        (THOROUGH, "if rest.len() > limit {", "if rest.len() > 8 * limit {")],
    "memory::long_fields_without_end": [
        (THOROUGH, "if lines.position > limits.head {", "if lines.position > 2 * limits.head {"),
        (THOROUGH, "Found::Partial if lines.input.len() > limits.head => {",
         "Found::Partial if lines.input.len() > 2 * limits.head => {")],
    "memory::empty_lines_without_end": [
        (PROTO + "head_reader.rs", "const SKIPPED: usize = 1;", "const SKIPPED: usize = 1 << 17;")],
    "memory::a_body_without_end": [
        ("bhrh/src/settings/limits.rs", "collected_body: 2 << 20,", "collected_body: 1 << 40,")],
    "memory::answers_that_pile_up": [
        (OUTPUT, "const READY: usize = 32 << 10;", "const READY: usize = 1 << 30;"),
        ("bhrh/src/exchange/receiving.rs", "        self.send()?;\n", "")],
    "clocks::a_head_that_never_ends": [
        (LOOP + "settling.rs", "now.after(timeouts.head);", "now.after(timeouts.shutdown);")],
    "clocks::a_body_that_never_comes": [
        ("bhrh/src/engine/minimum_rate.rs", "Direction::Body => timeouts.body,", "Direction::Body => timeouts.shutdown,"),
        ("bhrh/src/engine/service/transport.rs", "slice.min(timeouts.body)", "slice")],
    "clocks::a_connection_that_is_never_used_again": [
        ("bhrh/src/engine/pool.rs", "settings.timeouts.keep_alive;", "settings.timeouts.shutdown;")],
    "proxies::an_address_that_a_client_writes": [
        ("bhrh/src/exchange/identity.rs", "if !trusted.has_peer(self.peer()) {", "if false {")],
    "proxies::an_address_that_stands_before_the_clients_own": [
        (PROTO + "forwarded.rs", "let goes_on = trusted.has_peer(&peer);", "let goes_on = true;")],
    "proxies::a_header_without_end": [
        (HEADER + "text.rs", "LONGEST => Err(ProxyFault::new(LONGEST, \"the line has more than 107 bytes\")),",
         "LONGEST => Ok(None),")],
    "proxies::a_header_that_never_comes": [
        (LOOP + "accept.rs", "after(shared.settings.timeouts.handshake)", "after(shared.settings.timeouts.shutdown)")],
    "proxies::addresses_that_are_cut_short": [
        (HEADER + "binary.rs",
         "block.ok_or_else(|| ProxyFault::new(LENGTH, \"the header is shorter than its addresses\"))",
         "Ok(block.unwrap())")],
}

ENGINE = "bhrh/src/engine/"
PLACEMENT, POOL, TRANSPORT = ENGINE + "service/placement.rs", ENGINE + "pool.rs", ENGINE + "service/transport.rs"
SCARCITY, DRIVE, END = ENGINE + "scarcity.rs", LOOP + "drive.rs", "bhrh/src/turn/end.rs"
AGES = "std::time::Duration::from_secs(3600)"

RESIDENCE, PARKED = ENGINE + "service/residence.rs", "bhrh/src/kit/websocket/parked.rs"

HOOKS_STAY = (ENGINE + "shared.rs",
              "let must_leave = self.scores.refusals_should_leave();", "let must_leave = false;")
BEGINS_WITHOUT_THREAD = (PLACEMENT, "if !body_is_here && self.loan.get().is_some() {", "if false {")
DRIVER_WAITS = (PLACEMENT,
                'Err(io::Error::new(io::ErrorKind::ResourceBusy, "no thread to wait for the client"))', "Ok(())")
SLOW_CLIENTS_KEEP_THREADS = (SCARCITY, "        if !self.is_now() {", "        if true {")
MEMORY_WITHOUT_BOUND = [
    (LOOP + "waiting.rs", "if shared.census.memory().is_exceeded() {", "if false {"),
    (DRIVE, "if driven.must_shed {", "if false {")]

SIEGE = {
    "bodies::uploads_just_above_the_rate_hold_no_loop": [
        BEGINS_WITHOUT_THREAD, DRIVER_WAITS, SLOW_CLIENTS_KEEP_THREADS],
    "bodies::a_method_that_blocks_in_place_gets_the_thread_of_a_slow_client": [SLOW_CLIENTS_KEEP_THREADS],
    "bodies::a_thread_is_taken_from_the_client_that_keeps_most_of_them_waiting": [SLOW_CLIENTS_KEEP_THREADS],
    "bodies::a_request_that_needs_a_thread_in_vain_gets_a_503": [
        (LOOP + "own_thread.rs", "after(shared.settings.timeouts.thread)", f"after({AGES})")],
    "bodies::readers_that_are_slow_and_steady_hold_no_loop": [DRIVER_WAITS, SLOW_CLIENTS_KEEP_THREADS],
    "bodies::a_body_that_nobody_reads_is_dropped_by_the_loop": [
        (END, "Leftover::Coming => End { next: Next::Drop,", "Leftover::Coming => End { next: Next::Close(Closing::Linger),")],
    "bodies::a_body_that_nobody_reads_and_that_never_comes_closes_its_connection": [
        (LOOP + "settling.rs",
         "connection.phase = Phase::Unread(progress);\n"
         "                connection.deadline = self.piece_deadline(timeouts, progress, Direction::Body);",
         "connection.phase = Phase::Unread(progress);\n"
         f"                connection.deadline = now.after({AGES});")],
    "ends::the_handler_has_been_dropped_when_join_returns": [
        (POOL, "let threads = shared.crew.wait(LAST);", "let threads = 0 * LAST.as_secs() as usize;")],
    "ends::a_method_that_joins_its_own_server_is_told_so": [
        (POOL, "if shared.crew.has_this_thread() {", "if false {")],
    "ends::what_is_cut_sends_no_more_and_ends_in_a_reset": [
        (TRANSPORT, "            self.channel.socket().reset_on_close();\n", ""),
        (LOOP + "closing.rs", "                connection.channel.socket().reset_on_close();\n", ""),
        (ENGINE + "shared.rs", "connection.channel.socket().reset_on_close();", "drop(connection);"),
        (ENGINE + "late_output.rs", "watched.output.with(|output| output.reset_on_close());", "")],
    "ends::requests_that_the_system_has_accepted_are_answered": [
        (LOOP + "closing.rs", "        self.accept_the_last(shared);\n", "")],
    "hooks::a_setting_that_panics_in_a_refusal_costs_that_connection": [
        ("bhrh/src/turn/refusal.rs", "let _: Next = catch_unwind(answer).unwrap_or_else(|payload| {",
         "let mut answer = answer;\n"
         "    let caught: Result<Next, Box<dyn std::any::Any + Send>> = Ok((answer.0)());\n"
         "    let _: Next = caught.unwrap_or_else(|payload| {"),
        (POOL, "catch_unwind(AssertUnwindSafe(job)).map_err(drop_payload).ok()", "Some(job())")],
    "hooks::a_payload_that_panics_when_it_is_dropped_costs_that_request": [
        ("bhrh/src/turn/failure.rs",
         "    if let Err(thrown) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {\n"
         "        std::mem::forget(thrown);\n    }", "    drop(payload);")],
    "hooks::a_line_that_was_not_ended_never_leaves": [
        (PROTO + "header_value.rs", "if !self.ended {", "if false {"),
        (RESPONSE, "            self.bytes.truncate(line.start);\n", "")],
    "hooks::the_end_of_an_exchange_takes_no_answer_with_it": [
        (END, "if !http.extensions.is_empty() {", "if false {")],
    "hooks::a_log_that_waits_holds_up_no_loop": [
        (POOL, "shared.take_away(shard, loan);", "let _ = (shard, loan);")],
    "hooks::hooks_that_block_in_refusals_hold_up_no_loop": [
        HOOKS_STAY,
        (PLACEMENT, "let leaves = self.shared.scores.refusals_should_leave();", "let leaves = false;")],
    "listeners::a_flood_on_one_listener_starves_no_other": [
        (LOOP + "accept.rs", "self.listeners[index].again = self.accept_from(shared, index);",
         "self.listeners[index].again = self.accept_from(shared, index);\n"
         "                return;")],
    "memory::half_heads_hold_no_more_than_the_bound": MEMORY_WITHOUT_BOUND,
    "memory::half_bodies_hold_no_more_than_the_bound": MEMORY_WITHOUT_BOUND,
    "memory::answers_that_are_not_taken_hold_no_more_than_the_bound": MEMORY_WITHOUT_BOUND,
    "methods::methods_that_block_and_are_each_of_another_kind_hold_up_no_quick_ones": [
        (ENGINE + "slow_kinds.rs", "            false => self.wariness.is_rush(),", "            false => false,")],
    "silence::requests_that_came_while_the_process_was_stopped_are_answered": [
        (LOOP + "waiting.rs", "self.has_heard_all = self.readiness.has_heard_all(found.occurrences);",
         "self.has_heard_all = true;"),
        (LOOP + "waiting.rs", "if time == Some(Duration::ZERO) {", "if true {"),
        ("bhrh/src/engine/timers.rs", "if deaf > HELD_UP {", "if false {")],
    "websockets::thousands_that_are_idle_leave_every_thread_alone": [
        (RESIDENCE, "Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,",
         "Err(error) if error.kind() == io::ErrorKind::WouldBlock => {\n"
         "                channel.socket().wait_readable(std::time::Duration::from_secs(30));\n"
         "                return true;\n            }")],
    "websockets::takers_of_nothing_and_storms_of_pings_hold_up_nobody": [
        (PARKED, "self.ending.is_none() && self.outlet.waiting() <= ENOUGH",
         "self.ending.is_none() && self.outlet.waiting() <= usize::MAX")],
    "websockets::listeners_that_block_hold_up_no_requests": [
        (LOOP + "residing.rs", "residence.is_slow || shared.scores.steps_should_leave()",
         "residence.is_slow")],
    "websockets::listeners_that_panic_cost_their_own_conversation": [
        (PARKED, "catch_unwind(AssertUnwindSafe(|| listener.message(&sender, message)))",
         "Ok::<_, Box<dyn Any + Send>>(listener.message(&sender, message))")],
    "websockets::complaints_to_a_log_that_blocks_hold_up_no_loop": [HOOKS_STAY],
    "websockets::at_the_end_all_of_them_are_told": [
        (LOOP + "closing.rs", "        self.rouse_residents();\n", "")],
}

PROGRAMS = {"advisories": DEFENCES, "siege": SIEGE}


def copy_of_the_tree(where):
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, files.decode().split("\0")):
        target = where / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    # Programs of other tests would be linked again each time.
    manifest = where / "tests/Cargo.toml"
    manifest.write_text(re.sub(r"\[\[bin\]\]\n(.+\n)+", "", manifest.read_text()))


def result(command, tree):
    """How a test ends, with the processes that it has started."""
    devnull = subprocess.DEVNULL
    run = subprocess.Popen(command, cwd=tree, stdout=devnull, stderr=devnull, start_new_session=True)
    try:
        return "fails" if run.wait(timeout=300) else "PASSES"
    except subprocess.TimeoutExpired:
        return "does not end"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)


def without(tree, program, test, edits):
    """How the test ends without its defence."""
    originals = {}
    try:
        for name, old, new in edits:
            path = tree / name
            text = path.read_text()
            originals.setdefault(path, text)
            if old not in text:
                return f"the defence is not where it was: {name}: {old}"
            path.write_text(text.replace(old, new))
        command = ["cargo", "test", "-q", "-p", "bhrh-tests", "--test", program]
        build = subprocess.run([*command, "--no-run"], cwd=tree, capture_output=True, text=True)
        if build.returncode:
            return "it does not build: " + "\n".join(re.findall(r"^error.*", build.stderr, re.M))
        return result([*command, "--", "--exact", test], tree)
    finally:
        for path, text in originals.items():
            path.write_text(text)


def check():
    """Whether every test has an entry, and every entry finds its code."""
    complaints = []
    for program, defences in PROGRAMS.items():
        tests = set()
        for path in (ROOT / "tests" / program).glob("*.rs"):
            tests |= {f"{path.stem}::{name}" for name in re.findall(r"#\[test\]\nfn (\w+)", path.read_text())}
        complaints += [f"no entry, or no test: {name}" for name in sorted(tests ^ set(defences))]
        for test, edits in defences.items():
            for name, old, _ in edits:
                if old not in (ROOT / name).read_text():
                    complaints.append(f"{test}: not in {name}: {old}")
    count = sum(map(len, PROGRAMS.values()))
    print("\n".join(complaints) or f"{count} defences are where they were")
    return 1 if complaints else 0


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    entries = {test: (program, edits) for program, all in PROGRAMS.items() for test, edits in all.items()}
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        tree = pathlib.Path(directory)
        copy_of_the_tree(tree)
        for test in sys.argv[1:] or entries:
            ending = without(tree, entries[test][0], test, entries[test][1])
            failed |= ending not in ("fails", "does not end")
            print(f"| `{test}` | {ending} |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

//! Written by `generator.rs`: handlers with random routes.

use bhrh::{Exchange, Handler, http_handler};
use std::io;

fn answer(http: &mut Exchange<'_>, method: &str, parameters: &[&str]) -> io::Result<()> {
    http.send_response(200);
    let parameters: String = parameters.iter().map(|text| format!(" {text:?}")).collect();
    http.send_header("X-Found", format!("{method}{parameters}").escape_default().to_string());
    http.end_headers()
}

macro_rules! table {
    ($name:ident [$($do:ident)*] { $($route:literal $method:ident($($parameter:ident)*);)* }) => {
        struct $name;

        #[http_handler]
        impl $name {
            $(fn $do(&self, http: &mut Exchange) -> io::Result<()> {
                answer(http, stringify!($do), &[])
            })*

            $(#[route($route)]
            fn $method(&self, http: &mut Exchange, $($parameter: &str),*) -> io::Result<()> {
                answer(http, stringify!($method), &[$($parameter),*])
            })*
        }
    };
}

table! { T0 [] {
    "GET /ba" r0();
    "HEAD /abc" r1();
    "/{p0}/{p1}/{p2}/{p3}" r2(p0 p1 p2 p3);
    "HEAD /abc/{p0}/{p1}" r3(p0 p1);
} }

table! { T1 [do_POST] {
    "GET /abc/{p0}/café/{p1}" r0(p0 p1);
    "PUT /{p0}/ba/b" r1(p0);
    "PUT /{p0}/abc/{p1}" r2(p0 p1);
    "/ba/b/{p0}/{p1}" r3(p0 p1);
    "GET /ab/abc/ba/café" r4();
} }

table! { T2 [do_GET do_OPTIONS] {
    "GET /ba/{p0}" r0(p0);
    "POST /a/b/café" r1();
    "GET /abc/b" r2();
    "GET /ab/ab/café" r3();
    "GET /{p0}/abc/abc" r4(p0);
    "OPTIONS /ab/ba/{p0}" r5(p0);
} }

table! { T3 [do_HEAD do_PUT] {
    "PUT /ab/{p0}/b" r0(p0);
    "POST /b/ba" r1();
    "GET /ab" r2();
    "OPTIONS /a" r3();
    "/{p0}/{p1}/abc/{p2}" r4(p0 p1 p2);
    "GET /ab/{p0}" r5(p0);
    "GET /b/café/a/ba" r6();
} }

table! { T4 [] {
    "/ba/abc" r0();
    "/{p0}/a" r1(p0);
    "PUT /{p0}/abc/ba/{p1...}" r2(p0 p1);
    "PUT /b" r3();
    "GET /{p0}/café/ba/abc" r4(p0);
    "PUT /ab/ab" r5();
    "/abc" r6();
    "GET /b/ba/b/café" r7();
} }

table! { T5 [] {
    "/{p0}" r0(p0);
    "PUT /abc/a" r1();
    "GET /{p0}/ba/café/b" r2(p0);
    "GET /b/abc/abc/{p0}" r3(p0);
    "OPTIONS /a" r4();
    "PUT /a/{p0}/café" r5(p0);
    "POST /café/{p0}" r6(p0);
    "PUT /ab" r7();
    "GET /b/a/b/{p0}" r8(p0);
} }

table! { T6 [do_POST] {
    "OPTIONS /abc/{p0}/b/{p1}" r0(p0 p1);
    "PUT /café/{p0}" r1(p0);
    "/{p0}" r2(p0);
    "PUT /ab/abc/café" r3();
    "GET /a" r4();
    "PUT /{p0}" r5(p0);
    "GET /{p0}" r6(p0);
    "GET /{p0}/b" r7(p0);
    "GET /abc" r8();
    "GET /{p0}/{p1}/a" r9(p0 p1);
} }

table! { T7 [do_GET do_OPTIONS] {
    "GET /ba/café/{p0}/a" r0(p0);
    "PUT /ab/b/ab/" r1();
    "GET /b/café/{p0}" r2(p0);
    "GET /a/{p0}/{p1...}" r3(p0 p1);
    "PUT /{p0}" r4(p0);
    "POST /abc/café/{p0}" r5(p0);
    "/abc/{p0}/{p1}" r6(p0 p1);
    "PUT /café/abc/ba" r7();
    "GET /ab/abc" r8();
    "GET /abc/b/abc/{p0}" r9(p0);
    "PUT /a/a/{p0}/{p1}" r10(p0 p1);
} }

table! { T8 [do_HEAD do_PUT] {
    "GET /a/{p0}/abc/ba" r0(p0);
    "GET /ab/café/ab/abc" r1();
    "GET /{p0}/a/{p1}/" r2(p0 p1);
    "PUT /a/café/b/café" r3();
    "GET /{p0}/ab" r4(p0);
    "GET /ab/ba/café" r5();
    "POST /" r6();
    "GET /{p0}/{p1}/abc" r7(p0 p1);
    "GET /{p0}" r8(p0);
    "HEAD /b/{p0...}" r9(p0);
    "PUT /abc" r10();
    "PUT /b/{p0}/b/b" r11(p0);
} }

table! { T9 [] {
    "GET /{p0}/ba/" r0(p0);
    "HEAD /b/café/ab" r1();
    "GET /{p0...}" r2(p0);
    "PUT /{p0}/abc" r3(p0);
    "HEAD /{p0}/ba/a/b" r4(p0);
    "GET /a/ab/ab" r5();
    "GET /{p0}/ba/ba" r6(p0);
    "HEAD /café" r7();
    "HEAD /" r8();
    "PUT /ba/b/ba" r9();
    "HEAD /{p0}/b/abc" r10(p0);
    "GET /abc/a/{p0}/café" r11(p0);
    "GET /{p0}/{p1}/café" r12(p0 p1);
} }

table! { T10 [] {
    "GET /abc/{p0}/{p1}/{p2}" r0(p0 p1 p2);
    "GET /ba/{p0}" r1(p0);
    "PUT /{p0}/a/{p1}/a" r2(p0 p1);
    "GET /café/{p0}/café/{p1}" r3(p0 p1);
    "/ab/{p0}" r4(p0);
    "HEAD /b/{p0}/abc/" r5(p0);
    "GET /ab/{p0}/{p1}" r6(p0 p1);
    "HEAD /a" r7();
    "GET /a/" r8();
    "HEAD /ba/{p0}/ab" r9(p0);
    "HEAD /a/ba" r10();
    "GET /abc/café/{p0}" r11(p0);
    "GET /ab/{p0}" r12(p0);
    "PUT /b" r13();
} }

table! { T11 [do_POST] {
    "GET /café/{p0}" r0(p0);
    "POST /ba/café" r1();
    "PUT /{p0}/b/" r2(p0);
    "PUT /{p0}" r3(p0);
    "PUT /b/{p0}/b/abc" r4(p0);
    "OPTIONS /{p0}/{p1}/{p2}/{p3...}" r5(p0 p1 p2 p3);
    "OPTIONS /café/ba" r6();
    "PUT /{p0}/{p1}/{p2}" r7(p0 p1 p2);
    "POST /b/abc" r8();
    "OPTIONS /ba" r9();
    "HEAD /{p0}" r10(p0);
    "GET /{p0}" r11(p0);
    "GET /{p0}/ab/a/ba" r12(p0);
    "PUT /abc" r13();
    "GET /café/{p0}/café" r14(p0);
} }

table! { T12 [do_GET do_OPTIONS] {
    "GET /a/a/ab" r0();
    "PUT /ba/ab/b" r1();
    "OPTIONS /{p0}/{p1}/ba/a" r2(p0 p1);
    "GET /{p0}/café" r3(p0);
    "GET /abc/{p0}/b/{p1...}" r4(p0 p1);
    "OPTIONS /" r5();
    "HEAD /ab/b/ba" r6();
    "GET /{p0}/ab" r7(p0);
    "HEAD /ab" r8();
    "PUT /{p0}" r9(p0);
    "GET /ba" r10();
    "GET /café/ab/b/" r11();
    "GET /b/café/{p0}" r12(p0);
    "GET /{p0}/abc" r13(p0);
    "POST /café" r14();
    "GET /abc/ba/café" r15();
} }

table! { T13 [do_HEAD do_PUT] {
    "/ab/ab" r0();
    "GET /ab" r1();
    "OPTIONS /ba/café/{p0}/ab" r2(p0);
    "HEAD /{p0}" r3(p0);
    "PUT /b/ba" r4();
    "PUT /café/{p0}/ab" r5(p0);
    "GET /abc" r6();
    "POST /abc/a/café/{p0...}" r7(p0);
    "GET /ab/abc/abc" r8();
    "GET /b/{p0}/{p1}/{p2...}" r9(p0 p1 p2);
    "POST /b/{p0}/b/{p1}" r10(p0 p1);
    "HEAD /{p0}/a/{p1}" r11(p0 p1);
    "PUT /{p0}/b" r12(p0);
    "POST /abc/b/ba/b" r13();
    "GET /abc/ab/abc/ab" r14();
    "/{p0}/{p1...}" r15(p0 p1);
    "GET /a/{p0}/{p1...}" r16(p0 p1);
} }

table! { T14 [] {
    "OPTIONS /ab/{p0}/ab/{p1}" r0(p0 p1);
    "GET /café/b/b" r1();
    "PUT /ab/ba/ab" r2();
    "HEAD /café" r3();
    "GET /ab/café/{p0}/ab" r4(p0);
    "GET /café/ab" r5();
    "GET /ab/b/{p0}" r6(p0);
    "/café/ba/ab/{p0}" r7(p0);
    "PUT /{p0}" r8(p0);
    "PUT /ab/{p0}" r9(p0);
    "PUT /abc" r10();
    "/b/a" r11();
    "HEAD /a" r12();
    "/a/{p0}" r13(p0);
    "OPTIONS /ba" r14();
    "HEAD /{p0}/{p1}/" r15(p0 p1);
    "GET /café" r16();
    "OPTIONS /ab/abc/a" r17();
} }

table! { T15 [] {
    "GET /{p0...}" r0(p0);
    "PUT /ab/ba" r1();
    "HEAD /{p0}/café/abc/ab" r2(p0);
    "GET /abc" r3();
    "GET /{p0}/ab/" r4(p0);
    "PUT /{p0}/{p1...}" r5(p0 p1);
    "PUT /{p0}/abc/{p1...}" r6(p0 p1);
    "OPTIONS /a/{p0}" r7(p0);
    "POST /{p0}/b/b/{p1}" r8(p0 p1);
    "GET /{p0}/a" r9(p0);
    "GET /{p0}/ba" r10(p0);
    "GET /abc/abc/ba" r11();
    "OPTIONS /ab/ab" r12();
    "POST /café/ba" r13();
    "GET /b/b/{p0}" r14(p0);
    "PUT /{p0}/a/{p1}/a" r15(p0 p1);
    "HEAD /{p0}/ab/ab/ab" r16(p0);
    "POST /ab/b/abc/{p0}" r17(p0);
    "HEAD /café" r18();
} }

table! { T16 [do_POST] {
    "PUT /café/ab/ba/a" r0();
    "GET /a/b/ab/{p0...}" r1(p0);
    "PUT /a" r2();
    "GET /café" r3();
    "GET /abc/café/abc/{p0}" r4(p0);
    "GET /{p0}/abc/abc" r5(p0);
    "GET /{p0}" r6(p0);
    "PUT /{p0}/{p1}" r7(p0 p1);
    "POST /café/b/{p0}/a" r8(p0);
    "GET /café/café/abc/{p0...}" r9(p0);
    "PUT /café/ba/ba/{p0...}" r10(p0);
    "OPTIONS /b/abc/café/" r11();
    "HEAD /a/{p0}/ba" r12(p0);
    "GET /a/ba" r13();
    "GET /café/ab" r14();
    "/" r15();
    "PUT /b/a/café" r16();
    "/{p0}" r17(p0);
    "GET /{p0}/a" r18(p0);
    "PUT /b/ba/{p0}/{p1}" r19(p0 p1);
} }

table! { T17 [do_GET do_OPTIONS] {
    "POST /ba/{p0}/{p1}" r0(p0 p1);
    "HEAD /{p0}/ba/café/ba" r1(p0);
    "POST /abc/b/{p0}/a" r2(p0);
    "PUT /{p0}/{p1}" r3(p0 p1);
    "GET /ba/" r4();
    "/ab/abc/abc/{p0...}" r5(p0);
    "GET /café/b/{p0}/a" r6(p0);
    "/b/a/b/café" r7();
    "GET /{p0}/ab" r8(p0);
    "GET /{p0}/abc/{p1}" r9(p0 p1);
    "POST /abc/café/ab" r10();
    "OPTIONS /{p0}" r11(p0);
    "OPTIONS /a/ba/{p0}/{p1...}" r12(p0 p1);
    "GET /ab/abc/{p0}" r13(p0);
    "GET /ba/a/{p0...}" r14(p0);
    "OPTIONS /café" r15();
    "OPTIONS /b" r16();
    "HEAD /b/a/b" r17();
    "GET /café" r18();
    "PUT /café/abc/{p0}" r19(p0);
    "GET /{p0}/café" r20(p0);
} }

table! { T18 [do_HEAD do_PUT] {
    "OPTIONS /{p0}/{p1}" r0(p0 p1);
    "PUT /b/ab/b/abc" r1();
    "PUT /café/b/abc/abc" r2();
    "GET /café/{p0...}" r3(p0);
    "HEAD /{p0}" r4(p0);
    "PUT /café/abc/{p0}/" r5(p0);
    "POST /abc/café/ba/b" r6();
    "HEAD /{p0}/ba" r7(p0);
    "PUT /{p0}/a" r8(p0);
    "GET /ba/{p0}/a/{p1}" r9(p0 p1);
    "PUT /a/abc/ab" r10();
    "GET /café/a/ba" r11();
    "OPTIONS /b/{p0}/ba/ab" r12(p0);
    "GET /abc/abc/{p0}/" r13(p0);
    "GET /ab/a" r14();
    "PUT /café/ab/ba" r15();
    "POST /{p0}" r16(p0);
    "OPTIONS /abc/b/abc" r17();
    "PUT /ba/a/{p0}" r18(p0);
    "OPTIONS /café/{p0}/{p1}" r19(p0 p1);
    "PUT /abc/ab/{p0}/" r20(p0);
    "GET /{p0}/{p1...}" r21(p0 p1);
} }

table! { T19 [] {
    "OPTIONS /{p0}/b/" r0(p0);
    "PUT /abc/a/{p0}/b" r1(p0);
    "PUT /{p0}/abc/{p1}/a" r2(p0 p1);
    "GET /ab/café/a" r3();
    "GET /ba" r4();
    "HEAD /ba/{p0}/ab/{p1}" r5(p0 p1);
    "GET /{p0}/ba/b/" r6(p0);
    "POST /a/{p0}" r7(p0);
    "/a" r8();
    "OPTIONS /ba/{p0}/café" r9(p0);
    "OPTIONS /{p0}/ba/" r10(p0);
    "GET /a" r11();
    "/b/abc" r12();
    "PUT /a/abc" r13();
    "GET /ab/abc/{p0}/{p1}" r14(p0 p1);
    "HEAD /b/a" r15();
    "PUT /abc/{p0}" r16(p0);
    "GET /abc/ba" r17();
    "OPTIONS /{p0}/" r18(p0);
    "GET /{p0}/ba/{p1}" r19(p0 p1);
    "POST /abc/{p0}" r20(p0);
    "PUT /ab/{p0}/{p1}" r21(p0 p1);
    "GET /abc/{p0}" r22(p0);
} }

#[rustfmt::skip]
pub(super) static HANDLERS: &[&dyn Handler] = &[
    &T0, &T1, &T2, &T3, &T4, &T5, &T6, &T7, &T8, &T9, &T10, &T11, &T12, &T13,
    &T14, &T15, &T16, &T17, &T18, &T19,
];

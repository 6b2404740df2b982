//! Finds a few mistakes in the bodies of methods that take the exchange. The compiler explains them
//! badly, since it does not know what the user meant.
//!
//! A body is a sequence of tokens here. A mistake is reported only if the tokens leave no doubt.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, LitStr, Pat, Token};

use crate::model::block::Method;
use crate::syntax::as_written::{is_exchange, is_mark, shown};
use crate::syntax::diagnostics::{Diagnostics, message};

/// Methods that have optional arguments in Python, and take one tuple here.
const TUPLES: [&str; 3] = ["send_response", "send_response_only", "send_error"];

/// Checks a method's body. If it has a fault, the body is changed so that the compiler does not
/// report the same mistake again.
pub(super) fn check(method: &mut Method, diagnostics: &mut Diagnostics) {
    if is_half_typed(method.body.stream()) {
        diagnostics.push_told();
        let stand_in = stand_in(method);
        replace(&mut method.body, stand_in);
        return;
    }
    let Some(exchange) = exchange(method) else { return };
    let body = method.body.stream();
    if reuses_name(body.clone(), &exchange) {
        return;
    }
    let mut mended = false;
    let mut stream = tuples(body.clone(), &exchange, &mut mended, diagnostics);
    if let Some(fault) = slip(body.clone(), &exchange) {
        diagnostics.push(fault);
        stream = stand_in(method);
        mended = true;
    }
    if let Some(place) = in_thread(body, &exchange) {
        let wrong = format!(
            "`{exchange}` cannot be used in another thread: its connection belongs to this one"
        );
        let help = format!(
            "copy what the thread needs (`let path = {exchange}.path.to_owned();`), `join` the \
             thread, and answer here; a method may block as long as it likes"
        );
        diagnostics.push(syn::Error::new(place, message(wrong, help)));
        stream = stand_in(method);
        mended = true;
    }
    if mended {
        replace(&mut method.body, stream);
    }
}

/// A body that returns any type, and uses all parameters, so that no lint complains about it.
fn stand_in(method: &Method) -> TokenStream {
    let names = method.parameters().filter_map(|parameter| match &*parameter.pat {
        Pat::Ident(pat) => Some(&pat.ident),
        _ => None,
    });
    quote!(#(let _ = &#names;)* loop {})
}

/// Gives a body other tokens in the same place.
fn replace(body: &mut Group, stream: TokenStream) {
    let mut group = Group::new(Delimiter::Brace, stream);
    group.set_span(body.span());
    *body = group;
}

/// Whether a dot ends a body or a group in it, as in `http.` while it is being typed. The compiler
/// has reported that before it called the macro.
fn is_half_typed(body: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    // (`1..` is whole.)
    let ends_in_dot =
        matches!(&tokens[..], [.., before, last] if is_mark(last, '.') && !is_mark(before, '.'));
    ends_in_dot
        || tokens.iter().enumerate().any(|(index, token)| match token {
            // The arguments of a macro may end in a dot.
            TokenTree::Group(_) if index > 0 && is_mark(&tokens[index - 1], '!') => false,
            TokenTree::Group(group) => is_half_typed(group.stream()),
            _ => false,
        })
}

/// The name of the method's exchange, mostly `http`.
fn exchange(method: &Method) -> Option<Ident> {
    let parameter = method.parameters().find(|parameter| is_exchange(&parameter.ty))?;
    match &*parameter.pat {
        Pat::Ident(pat) => Some(pat.ident.clone()),
        _ => None,
    }
}

/// Whether the body gives the exchange's name to something else as well. Then nothing is certain.
fn reuses_name(body: TokenStream, exchange: &Ident) -> bool {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let is = |index: Option<usize>, words: &[&str]| {
        let token = index.and_then(|index| tokens.get(index)).map(ToString::to_string);
        token.is_some_and(|token| words.contains(&&*token))
    };
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Group(group) => reuses_name(group.stream(), exchange),
        TokenTree::Ident(ident) if ident == exchange => {
            let before = index.checked_sub(1);
            let in_bars = is(before, &["|"]) && is(Some(index + 1), &["|", ",", ":"]);
            is(before, &["let", "mut", "ref", "for"]) && !is_borrowed_mutably(&tokens, index)
                || in_bars
        }
        _ => false,
    })
}

/// Whether this is the `http` of `&mut http`, where `mut` does not introduce a name.
fn is_borrowed_mutably(tokens: &[TokenTree], index: usize) -> bool {
    let and = index.checked_sub(2).and_then(|before| tokens.get(before));
    and.is_some_and(|and| is_mark(and, '&'))
}

/// Turns each `http.send_error(404, "No")` into `http.send_error((404, "No"))`, and reports it.
fn tuples(
    body: TokenStream,
    exchange: &Ident,
    mended: &mut bool,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let mut tokens: Vec<TokenTree> = body.into_iter().collect();
    for index in 0..tokens.len() {
        let TokenTree::Group(group) = &tokens[index] else { continue };
        let call = called(&tokens[..index], exchange)
            .filter(|_| group.delimiter() == Delimiter::Parenthesis);
        let inner = group.stream();
        let several =
            call.and_then(|name| several(inner.clone()).map(|arguments| (name, arguments)));
        let mut stream = tuples(inner, exchange, mended, diagnostics);
        if let Some((name, arguments)) = several {
            let wrong = format!("`{name}` takes one argument, but gets {arguments}");
            let shown = shown(group.stream());
            let help = match shown.len() < 60 {
                true => format!("put them into a tuple: `{exchange}.{name}(({shown}))`"),
                false => format!("put them into a tuple: `{exchange}.{name}((…))`"),
            };
            diagnostics.fault(group.stream(), wrong, help);
            stream = quote!((#stream));
            *mended = true;
        }
        let mut new = Group::new(group.delimiter(), stream);
        new.set_span(group.span());
        tokens[index] = new.into();
    }
    tokens.into_iter().collect()
}

/// The name in `http.send_error`, if these tokens end in it: a method that takes a tuple.
fn called(before: &[TokenTree], exchange: &Ident) -> Option<&'static str> {
    let name = member(before, exchange)?;
    TUPLES.into_iter().find(|known| name == known)
}

/// The name in `http.name`, if these tokens end in it.
fn member<'t>(before: &'t [TokenTree], exchange: &Ident) -> Option<&'t Ident> {
    let [rest @ .., TokenTree::Ident(object), TokenTree::Punct(dot), TokenTree::Ident(name)] =
        before
    else {
        return None;
    };
    let inner = matches!(rest.last(), Some(TokenTree::Punct(before)) if before.as_char() == '.');
    (!inner && object == exchange && dot.as_char() == '.').then_some(name)
}

/// What Python's users write: `http.headers["Host"]`, and `http.redirect("/x")` as with other
/// frameworks.
fn slip(body: TokenStream, exchange: &Ident) -> Option<syn::Error> {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    tokens.iter().enumerate().find_map(|(index, token)| {
        let TokenTree::Group(group) = token else { return None };
        let (name, inner) = (member(&tokens[..index], exchange), group.stream());
        let text = syn::parse2::<LitStr>(inner.clone()).ok();
        match (name.map(ToString::to_string).as_deref(), group.delimiter(), text) {
            (Some("headers"), Delimiter::Bracket, Some(text)) => {
                let text = text.into_token_stream();
                let help = format!(
                    "write `{exchange}.headers.get({text})`, which is `None` if there is no such \
                     field"
                );
                let wrong = "the header fields cannot be indexed";
                Some(syn::Error::new_spanned(group, message(wrong, help)))
            }
            (Some("redirect"), Delimiter::Parenthesis, Some(text)) => {
                let text = text.into_token_stream();
                let help = format!(
                    "write `{exchange}.redirect(303, {text})`; 301 and 308 are permanent, 302, \
                     303 and 307 are not"
                );
                let wrong = "`redirect` takes a status and a location";
                Some(syn::Error::new_spanned(text, message(wrong, help)))
            }
            _ => slip(inner, exchange),
        }
    })
}

/// The number of arguments, if there are two or more.
fn several(arguments: TokenStream) -> Option<usize> {
    let parsed = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(arguments).ok()?;
    Some(parsed.len()).filter(|number| *number > 1)
}

/// The place where a closure for another thread uses the exchange.
fn in_thread(body: TokenStream, exchange: &Ident) -> Option<Span> {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let spawns = matches!(
            index.checked_sub(1).map(|before| &tokens[before]),
            Some(TokenTree::Ident(name)) if name == "spawn"
        );
        if spawns && group.delimiter() == Delimiter::Parenthesis {
            let found = closure(group.stream()).and_then(|body| used(body, exchange));
            if found.is_some() {
                return found;
            }
        }
        let found = in_thread(group.stream(), exchange);
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The body of a closure such as `move || …`, if the argument is one.
fn closure(argument: TokenStream) -> Option<TokenStream> {
    let mut tokens = argument.into_iter().peekable();
    if matches!(tokens.peek(), Some(TokenTree::Ident(word)) if word == "move") {
        tokens.next();
    }
    let bar = |token: TokenTree| is_mark(&token, '|');
    if !tokens.next().is_some_and(bar) {
        return None;
    }
    tokens.by_ref().find(|token| bar(token.clone()))?;
    Some(tokens.collect())
}

/// The place where the exchange itself is used (`http.reply(…)`, `answer(http)`), or its field
/// `rfile` or `wfile`. Other fields, such as `http.path`, can be sent to another thread.
fn used(body: TokenStream, exchange: &Ident) -> Option<Span> {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    tokens.iter().enumerate().find_map(|(index, token)| match token {
        TokenTree::Group(group) => used(group.stream(), exchange),
        TokenTree::Ident(ident) if ident == exchange => {
            let is_field_of_another = index > 0 && is_mark(&tokens[index - 1], '.');
            let bound = !is_field_of_another && is_bound_to_thread(&tokens[index + 1..]);
            bound.then(|| ident.span())
        }
        _ => None,
    })
}

/// Whether this follows the name of the exchange where it needs the exchange's own thread.
fn is_bound_to_thread(after: &[TokenTree]) -> bool {
    match after {
        [dot, TokenTree::Ident(field), rest @ ..] if is_mark(dot, '.') => {
            let is_call = matches!(
                rest.first(),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis
            );
            is_call || field == "wfile" || field == "rfile"
        }
        [dot, ..] => !is_mark(dot, '.'),
        [] => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::format_ident;

    fn threads(body: TokenStream) -> bool {
        in_thread(body, &format_ident!("http")).is_some()
    }

    #[test]
    fn the_exchange_in_a_thread() {
        assert!(threads(quote!(thread::spawn(move || http.reply(200, "", "")))));
        assert!(threads(quote!(thread::scope(|s| {
            s.spawn(|| answer(http));
        }))));
        assert!(threads(quote!(pool.spawn(|_| { io::copy(a, &mut http.wfile) }))));
        // What can be sent.
        assert!(!threads(quote!(thread::spawn({
            let path = http.path.to_owned();
            move || work(path)
        }))));
        assert!(!threads(quote!(thread::scope(|s| {
            s.spawn(|| http.path.len());
        }))));
        assert!(!threads(quote!(self.spawn(http, || 7))));
        assert!(!threads(quote!(thread::spawn(move || self.http.reply()))));
    }

    #[test]
    fn what_other_frameworks_have() {
        let slips = |body: TokenStream| slip(body, &format_ident!("http")).is_some();
        assert!(slips(quote!(let host = http.headers["Host"];)));
        assert!(slips(quote!({ http.redirect("/x") })));
        assert!(!slips(quote!(self.http.headers["Host"])));
        assert!(!slips(quote!(http.headers[&name])));
        assert!(!slips(quote!(http.redirect(303, "/x"))));
        assert!(!slips(quote!(headers["Host"])));
    }

    #[test]
    fn a_call_that_is_being_typed() {
        assert!(is_half_typed(quote!(http.)));
        assert!(is_half_typed(quote!({
            Ok(http.)
        })));
        assert!(!is_half_typed(quote!(http.reply(200, "", ""))));
        assert!(!is_half_typed(quote!(&list[1..])));
        assert!(!is_half_typed(quote!(write!(http.))));
    }

    #[test]
    fn several_arguments_where_one_is_taken() {
        let mend = |body: TokenStream| {
            let mut diagnostics = Diagnostics::new();
            let mut mended = false;
            let body = tuples(body, &format_ident!("http"), &mut mended, &mut diagnostics);
            assert_eq!(diagnostics.finish().is_err(), mended);
            (mended, body.to_string())
        };
        let (mended, body) = mend(quote!(if x {
            http.send_error(404, "No", "why")?;
        }));
        assert!(mended);
        assert_eq!(
            body,
            quote!(if x {
                http.send_error((404, "No", "why"))?;
            })
            .to_string()
        );
        for fine in [
            quote!(http.send_error((404, "No"))),
            quote!(http.send_error(404,)),
            quote!(http.send_error(code::<A, B>())),
            quote!(self.http.send_error(404, "No")),
            quote!(base::send_error(http, 404, None, None)),
            quote!(http.reply(200, "text/plain", "x")),
        ] {
            assert_eq!(mend(fine.clone()), (false, fine.to_string()));
        }
    }

    #[test]
    fn a_name_that_means_something_else() {
        let http = format_ident!("http");
        assert!(reuses_name(
            quote!({
                let http = Client::new();
            }),
            &http
        ));
        assert!(reuses_name(quote!(let mut http = 1;), &http));
        assert!(reuses_name(quote!(each(|http| http.send_error(1, 2))), &http));
        assert!(!reuses_name(quote!(http.reply(200, "", "")), &http));
        assert!(!reuses_name(quote!(work(&mut http.wfile, |_| http)), &http));
    }
}

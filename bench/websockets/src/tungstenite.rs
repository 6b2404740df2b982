//! The same with tungstenite on tokio, as its examples do it: a task for each WebSocket. An
//! argument is the size of its buffers for reading, in bytes.

use futures_util::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

type Everybody = Arc<Mutex<HashMap<u64, UnboundedSender<Message>>>>;

async fn serve(
    stream: TcpStream,
    config: WebSocketConfig,
    everybody: &Everybody,
    number: u64,
) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut socket = tokio_tungstenite::accept_async_with_config(stream, Some(config)).await?;
    let (sender, mut incoming) = unbounded_channel();
    everybody.lock().unwrap().insert(number, sender);
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) if text.starts_with("all ") => {
                    for guest in everybody.lock().unwrap().values() {
                        let _ = guest.send(Message::Text(text.clone()));
                    }
                }
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                    socket.send(message).await?;
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
            Some(message) = incoming.recv() => socket.send(message).await?,
        }
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let mut config = WebSocketConfig::default();
    if let Some(size) = std::env::args().nth(1) {
        config.read_buffer_size = size.parse().expect("a number of bytes");
    }
    let everybody = Everybody::default();
    for number in 0.. {
        let (stream, _) = listener.accept().await?;
        let everybody = everybody.clone();
        tokio::spawn(async move {
            // That a client has gone is not logged.
            let _ = serve(stream, config, &everybody, number).await;
            everybody.lock().unwrap().remove(&number);
        });
    }
    Ok(())
}

//! Content that lies in a file: what a connection sends of it after the method has returned, so
//! that no thread waits for the client.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The rest of a response's content.
#[derive(Debug)]
pub(crate) struct FileContent {
    file: File,
    left: u64,
    /// The request, for the log.
    request: String,
}

impl FileContent {
    /// The next bytes of the file, this many.
    #[cfg_attr(not(feature = "files"), expect(dead_code))]
    pub(crate) fn new(file: File, count: u64, request: String) -> FileContent {
        FileContent { file, left: count, request }
    }

    /// How many bytes there still are.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// The request whose answer it is.
    pub(crate) fn request(&self) -> &str {
        &self.request
    }

    /// Reads some bytes; 0 if there are none left.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = read_piece(&mut self.file, buffer, self.left)?;
        self.left -= count as u64;
        Ok(count)
    }

    /// Goes back by bytes that have been read, and that the client has not taken.
    pub(crate) fn go_back(&mut self, count: usize) -> io::Result<()> {
        self.file.seek(SeekFrom::Current(-(count as i64)))?;
        self.left += count as u64;
        Ok(())
    }

    /// The file, where it is.
    #[cfg_attr(not(feature = "files"), expect(dead_code))]
    pub(crate) fn into_file(self) -> File {
        self.file
    }
}

/// Reads some of the next `left` bytes of a file.
///
/// # Errors
///
/// [`io::ErrorKind::UnexpectedEof`] if the file has fewer.
pub(crate) fn read_piece(file: &mut File, buffer: &mut [u8], left: u64) -> io::Result<usize> {
    let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
    loop {
        match file.read(&mut buffer[..most]) {
            Ok(0) if most > 0 => {
                let message = format!("the file became shorter by {left} bytes while it was sent");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

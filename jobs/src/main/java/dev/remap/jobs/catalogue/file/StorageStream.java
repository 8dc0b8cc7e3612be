package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.store.StoreException;
import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The bytes of a catalogue's file. What the storage fails at comes out as a {@link StoreException},
 * so that whoever makes something of the bytes may take every {@link IOException} for the content's
 * fault.
 */
final class StorageStream extends FSInputStream {
  private final Path path;
  private final FSDataInputStream in;

  StorageStream(Path path, FSDataInputStream in) {
    this.path = path;
    this.in = in;
  }

  /** Asks the storage. */
  interface Call<T> {
    T run() throws IOException;
  }

  static <T> T told(Path path, Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (EOFException e) {
      throw e;
    } catch (IOException e) {
      if (StorageFailures.mayPass(e)) {
        throw StoreException.of("read", path, e);
      }
      throw e;
    } catch (FSError e) {
      throw StoreException.of("read", path, e);
    }
  }

  @Override
  public int read() throws IOException {
    return told(path, in::read);
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    return told(path, () -> in.read(bytes, from, count));
  }

  @Override
  public int read(long position, byte[] bytes, int from, int count) throws IOException {
    return told(path, () -> in.read(position, bytes, from, count));
  }

  @Override
  public void readFully(long position, byte[] bytes, int from, int count) throws IOException {
    told(
        path,
        () -> {
          in.readFully(position, bytes, from, count);
          return null;
        });
  }

  @Override
  public void readFully(long position, byte[] bytes) throws IOException {
    readFully(position, bytes, 0, bytes.length);
  }

  @Override
  public void seek(long position) throws IOException {
    told(
        path,
        () -> {
          in.seek(position);
          return null;
        });
  }

  @Override
  public long getPos() throws IOException {
    return told(path, in::getPos);
  }

  @Override
  public boolean seekToNewSource(long target) throws IOException {
    return told(path, () -> in.seekToNewSource(target));
  }

  @Override
  public int available() throws IOException {
    return told(path, in::available);
  }

  @Override
  public void close() throws IOException {
    told(
        path,
        () -> {
          in.close();
          return null;
        });
  }
}

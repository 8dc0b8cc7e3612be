package dev.remap.jobs.store;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * Writes one data object under a name of its own, and counts and digests what passes. Nobody reads
 * it before a record names it, so it needs no atomic step; closed without {@link #finish()}, it is
 * deleted.
 */
public final class StoreOutput extends OutputStream {
  private final Store store;
  private final String path;
  private final FSDataOutputStream out;
  private final MessageDigest digest = Sha256.digest();
  private long bytes;
  private boolean discarding;
  private boolean done;

  StoreOutput(Store store, String path, FSDataOutputStream out) {
    this.store = store;
    this.path = path;
    this.out = out;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /** Throws {@link StoreException} when the store takes no more, a full disk for one. */
  @Override
  public void write(byte[] buffer, int offset, int length) {
    if (discarding) {
      return;
    }
    try {
      out.write(buffer, offset, length);
    } catch (IOException | FSError e) {
      throw failed(e);
    }
    digest.update(buffer, offset, length);
    bytes += length;
  }

  /** The bytes written so far. */
  public long position() {
    return bytes;
  }

  /** From now on nothing is written any more, and {@link #close()} deletes the object. */
  public void discard() {
    discarding = true;
  }

  /** Makes the object durable and complete, and checks the length that the store reports. */
  public FileRef finish() {
    try {
      if (out.hasCapability(StreamCapabilities.HSYNC)) {
        out.hsync();
      }
      out.close();
    } catch (IOException | FSError e) {
      throw failed(e);
    }
    store.syncFolderOf(path);
    FileRef ref = new FileRef(path, bytes, Sha256.format(digest.digest()));
    store.requireLength(ref);
    done = true;
    return ref;
  }

  /** Deletes the object unless it was finished, as far as the store still allows it. */
  @Override
  public void close() {
    if (done) {
      return;
    }
    done = true;
    discarding = true;
    try {
      if (out.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
        out.abort();
      }
      out.close();
    } catch (IOException | FSError e) {
      // What is being thrown away need not be complete; deleting it is what counts.
    }
    store.deleteQuietly(path);
  }

  /** Hadoop's local files throw their failures to write as errors, which nobody expects. */
  private StoreException failed(Throwable e) {
    IOException cause =
        e instanceof IOException io ? io : new IOException(e.getCause().getMessage(), e);
    return StoreException.of("write", store.locate(path), cause);
  }
}

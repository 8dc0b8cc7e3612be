package dev.remap.jobs.stage.weigh;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Slots of one length in a file on the driver's disk, in the folder for temporary files, for as
 * long as it is open. Slots may be written and read by several threads at once, each slot by one.
 */
final class ScratchFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final int bytes;

  /**
   * An empty file.
   *
   * @param prefix of its name
   * @param bytes of a slot
   */
  ScratchFile(String prefix, int bytes) {
    this.bytes = bytes;
    try {
      this.file = Files.createTempFile(prefix, ".bin");
      this.channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw temporary(e);
    }
  }

  /**
   * Refuses what there is no room for.
   *
   * @param what is to be kept there, of so many images
   * @param most bytes that it may have
   */
  static void requireRoom(String what, long bytes, long most, int images) {
    if (bytes > most) {
      throw new InputException(
          "The %s of %,d images are %s, more than train.cache (%s): raise that, or look at fewer"
              + " images (weigh.images, --distractors)",
          what, images, Console.bytes(bytes), Console.bytes(most));
    }
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (bytes > free) {
        throw new InputException(
            "The %s of %,d images are %s, but %s has room for %s: give Java another temporary"
                + " folder (-Djava.io.tmpdir), or look at fewer images (weigh.images, --distractors)",
            what, images, Console.bytes(bytes), folder, Console.bytes(free));
      }
    } catch (IOException e) {
      throw temporary(e);
    }
  }

  private static StoreException temporary(IOException e) {
    return StoreException.of("use the temporary folder", System.getProperty("java.io.tmpdir"), e);
  }

  /** Fills a slot. */
  void write(int slot, ByteBuffer content) {
    try {
      long at = (long) slot * bytes;
      while (content.hasRemaining()) {
        at += channel.write(content, at);
      }
    } catch (IOException e) {
      throw StoreException.of("write", file, e);
    }
  }

  /** Reads the beginning of a slot, as much as there is room for. */
  void read(int slot, ByteBuffer out) {
    try {
      long at = (long) slot * bytes;
      while (out.hasRemaining()) {
        int read = channel.read(out, at);
        if (read < 0) {
          throw new IOException("it ends before image " + slot);
        }
        at += read;
      }
      out.flip();
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw StoreException.of("delete", file, e);
    }
  }
}

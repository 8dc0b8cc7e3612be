package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.TarMember.Kind;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The images of one tar file, found one after another by reading headers; what is wrong with it is
 * said with its name. The file is closed at its end, or with the task that stops earlier.
 */
final class TarShard implements Iterator<ListedImage>, AutoCloseable {
  private final ListedImage shard;
  private final Endings endings;
  private final UnaryOperator<String> idOf;
  private final FSDataInputStream in;
  private final TarReader members;
  private ListedImage next;
  private boolean ended;
  private long images;

  /**
   * @param shard the tar file itself
   * @param idOf from a member's name to its image id
   */
  TarShard(ListedImage shard, Endings endings, UnaryOperator<String> idOf, Configuration conf) {
    this.shard = shard;
    this.endings = endings;
    this.idOf = idOf;
    this.in = told(() -> opened(conf));
    this.members = new TarReader(in, shard.bytes());
  }

  private FSDataInputStream opened(Configuration conf) throws IOException {
    if (shard.bytes() == 0) {
      throw new TarException(
          "it is empty; even a tar without members has an end-of-archive marker");
    }
    Path path = new Path(shard.uri());
    FSDataInputStream opened = PlainFiles.of(path, conf).open(path);
    byte[] magic = new byte[6];
    if (opened.read(0, magic, 0, magic.length) == magic.length && isCompressed(magic)) {
      opened.close();
      throw new TarException(
          "it is compressed, so that no member can be read alone: uncompress it (images hardly"
              + " shrink anyway)");
    }
    return opened;
  }

  /** By first bytes that no name of a member begins with: those of gzip, xz and zstd. */
  private static boolean isCompressed(byte[] magic) {
    int two = ((magic[0] & 0xff) << 8) | (magic[1] & 0xff);
    return two == 0x1f8b || two == 0xfd37 || two == 0x28b5;
  }

  /** Images found so far. */
  long images() {
    return images;
  }

  @Override
  public boolean hasNext() {
    while (next == null && !ended) {
      TarMember member = told(members::next);
      if (member == null) {
        close();
      } else if (isImage(member)) {
        next = listed(member);
        images++;
      }
    }
    return next != null;
  }

  @Override
  public ListedImage next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ListedImage image = next;
    next = null;
    return image;
  }

  private boolean isImage(TarMember member) {
    if (!endings.has(member.name())
        || member.kind() == Kind.FOLDER
        || member.kind() == Kind.LABEL) {
      return false;
    }
    if (member.kind() != Kind.FILE) {
      throw refused(
          "member '%s' is a %s, which has no bytes of its own here: pack it as a file",
          member.name(), member.kind().words());
    }
    requireInside(member.name());
    return true;
  }

  private void requireInside(String name) {
    if (name.startsWith("/") || ImagePath.stepsAside(name)) {
      throw refused("member '%s' points out of the archive: pack it with a path below it", name);
    }
    if (name.indexOf('\uFFFD') >= 0 || name.indexOf('\0') >= 0) {
      throw refused("member '%s' has a name that is not UTF-8: pack it under another", name);
    }
  }

  private ListedImage listed(TarMember member) {
    return new ListedImage(
        idOf.apply(member.name()),
        shard.uri(),
        shard.version(),
        member.range().size(),
        member.range());
  }

  private InputException refused(String format, Object... values) {
    return new InputException(
        "Shard %s: %s", shard.imageId(), new TarException(format, values).getMessage());
  }

  private <T> T told(Call<T> call) {
    try {
      return call.run();
    } catch (TarException e) {
      throw refused("%s", e.getMessage());
    } catch (IOException e) {
      throw refused("it cannot be read: %s", e.getMessage());
    }
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  @Override
  public void close() {
    ended = true;
    told(
        () -> {
          in.close();
          return null;
        });
  }
}

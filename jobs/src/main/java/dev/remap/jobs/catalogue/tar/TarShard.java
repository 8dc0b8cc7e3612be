package dev.remap.jobs.catalogue.tar;

import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.catalogue.file.Selection;
import dev.remap.jobs.catalogue.tar.TarMember.Kind;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.LookAhead;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The images of one tar file, found one after another by reading headers; what is wrong with it is
 * said with its name. The file is closed at its end, or with the task that stops earlier.
 */
final class TarShard extends LookAhead<ListedImage> implements AutoCloseable {
  private final ListedImage shard;
  private final Selection selection;
  private final LeftOut leftOut = new LeftOut();
  private final UnaryOperator<String> idOf;
  private final FSDataInputStream in;
  private final TarLinks links = new TarLinks();
  private TarReader members;
  private boolean linksOnly;
  private boolean ended;
  private long images;

  /**
   * @param shard the tar file itself
   * @param idOf from a member's name to its image id
   */
  TarShard(ListedImage shard, Selection selection, UnaryOperator<String> idOf, Configuration conf) {
    this.shard = shard;
    this.selection = selection;
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
    FSDataInputStream opened = PlainFiles.open(path, conf);
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

  /** What it has left out so far. */
  LeftOut leftOut() {
    return leftOut;
  }

  @Override
  protected ListedImage find() {
    while (!ended) {
      TarMember member = told(members::next);
      if (member == null) {
        end();
      } else {
        ByteRange range = linksOnly ? linked(member) : image(member);
        if (range != null) {
          images++;
          return listed(member.name(), range);
        }
      }
    }
    return null;
  }

  /** Where there are hard links to images, the headers are read once more for what they lead to. */
  private void end() {
    if (linksOnly || !links.areWanted()) {
      close();
    } else {
      linksOnly = true;
      members = new TarReader(in, shard.bytes());
    }
  }

  private ByteRange linked(TarMember member) {
    ByteRange range = links.range(member);
    if (member.kind() != Kind.HARD_LINK || !selection.takesPath(member.name(), new LeftOut())) {
      return null;
    }
    if (range == null) {
      leftOut.add(TarLinks.NOWHERE, place(member));
    }
    return range;
  }

  private String place(TarMember member) {
    return shard.imageId() + "/" + member.name();
  }

  /** Where the member's image lies; null if it is none, or is not found by this member alone. */
  private ByteRange image(TarMember member) {
    if (member.kind() == Kind.FOLDER || member.kind() == Kind.LABEL) {
      return null;
    }
    boolean wanted = selection.takesPath(member.name(), leftOut);
    if (member.kind() == Kind.HARD_LINK) {
      links.add(member);
    }
    if (!wanted) {
      return null;
    }
    if (member.pointsOut()) {
      throw refused(
          "member '%s' points out of the archive: pack it with a path below it", member.name());
    }
    return switch (member.kind()) {
      case FILE -> member.range();
      case SYMBOLIC_LINK -> {
        leftOut.add(TarLinks.SYMBOLIC, place(member));
        yield null;
      }
      case DEVICE -> {
        leftOut.add(LeftOut.NO_FILE, place(member));
        yield null;
      }
      case SPARSE ->
          throw refused(
              "member '%s' is a sparse file, which does not lie there in one piece: pack it without"
                  + " --sparse",
              member.name());
      case HARD_LINK -> {
        links.want();
        yield null;
      }
      case FOLDER, LABEL -> null;
    };
  }

  private ListedImage listed(String member, ByteRange range) {
    return new ListedImage(idOf.apply(member), shard.uri(), shard.version(), range.size(), range);
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

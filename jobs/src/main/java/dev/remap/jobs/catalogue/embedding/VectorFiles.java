package dev.remap.jobs.catalogue.embedding;

import dev.remap.jobs.catalogue.file.FileVersion;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.catalogue.file.StorageFailures;
import dev.remap.jobs.config.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files with vectors, and the tables with the ids of those that have none themselves.
 *
 * <p>clip-retrieval writes {@code img_emb/img_emb_7.npy}, {@code text_emb/text_emb_7.npy} and
 * {@code metadata/metadata_7.parquet}: of such a folder the images are taken, and the texts are
 * left out.
 */
record VectorFiles(List<File> files, LeftOut leftOut) {
  private static final Pattern NUMBERED = Pattern.compile("(.*?)_?(\\d+)\\.npy");
  private static final Pattern METADATA = Pattern.compile("metadata_\\d+\\.parquet");

  /** Ending of the name, behind that of an array, of a text file with an id in each line. */
  static final String TEXT_IDS = ".ids";

  private static final String OF_IMAGES = "img_emb";
  private static final String OF_TEXTS = "text_emb";

  /**
   * One file.
   *
   * @param ids the table with its ids; null where it has them, or they are row numbers
   */
  record File(ListedImage vectors, ListedImage ids) implements Serializable {}

  static boolean isTable(ListedImage file) {
    String name = file.uri().toLowerCase(Locale.ROOT);
    return !name.endsWith(".npy") && !name.endsWith("vecs") && !name.endsWith("bin");
  }

  /**
   * Chooses among the files of a catalogue.
   *
   * @param numbered whether rows' numbers are the ids, whatever tables there are
   */
  static VectorFiles of(List<ListedImage> found, boolean numbered, Configuration conf) {
    List<ListedImage> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparing(ListedImage::uri));
    boolean hasImages = sorted.stream().anyMatch(file -> name(file).startsWith(OF_IMAGES));
    boolean hasArrays = sorted.stream().anyMatch(file -> name(file).endsWith(".npy"));
    LeftOut leftOut = new LeftOut();
    List<File> files = new ArrayList<>();
    List<ListedImage> tables = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (ListedImage file : sorted) {
      if (name(file).endsWith(TEXT_IDS)) {
        tables.add(file);
      } else if (hasImages && name(file).startsWith(OF_TEXTS)) {
        leftOut.add("vectors of texts beside those of images", name(file));
      } else if (hasArrays && METADATA.matcher(name(file)).matches()) {
        tables.add(file);
      } else {
        ListedImage ids = numbered ? null : ids(file, conf);
        files.add(new File(file, ids));
        if (ids != null) {
          used.add(ids.uri());
        }
      }
    }
    requireIdsOfAllOrNone(files);
    for (ListedImage table : tables) {
      if (!used.contains(table.uri())) {
        leftOut.add(numbered ? "ids in favour of row numbers" : "ids without vectors", name(table));
      }
    }
    return new VectorFiles(files, leftOut);
  }

  /** An array whose ids are lost would be other images, under numbers. */
  private static void requireIdsOfAllOrNone(List<File> files) {
    List<File> arrays = files.stream().filter(file -> !isTable(file.vectors)).toList();
    Optional<File> without = arrays.stream().filter(file -> file.ids == null).findFirst();
    if (without.isPresent() && arrays.stream().anyMatch(file -> file.ids != null)) {
      throw new InputException(
          "Array %s has no table or %s file with its ids, and others of the catalogue have one:"
              + " bring it back, or take row numbers for all with --set"
              + " catalogue.columns.id=row-number",
          without.get().vectors.uri(), TEXT_IDS);
    }
  }

  static String name(ListedImage file) {
    return file.uri().substring(file.uri().lastIndexOf('/') + 1);
  }

  /**
   * The text file beside an array; or the table beside a numbered one, or in the folder of tables
   * beside its folder.
   */
  private static ListedImage ids(ListedImage file, Configuration conf) {
    ListedImage texts = isTable(file) ? null : at(new Path(file.uri() + TEXT_IDS), conf);
    if (texts != null) {
      return texts;
    }
    Matcher numbered = NUMBERED.matcher(name(file));
    if (!numbered.matches()) {
      return null;
    }
    Path folder = new Path(file.uri()).getParent();
    String table = "metadata_" + numbered.group(2) + ".parquet";
    ListedImage beside = at(new Path(folder, table), conf);
    return beside != null || folder.getParent() == null
        ? beside
        : at(new Path(new Path(folder.getParent(), "metadata"), table), conf);
  }

  private static ListedImage at(Path path, Configuration conf) {
    try {
      FileSystem files = PlainFiles.of(path, conf);
      FileStatus status = files.getFileStatus(path);
      return new ListedImage(
          path.getName(), path.toString(), FileVersion.of(status), status.getLen());
    } catch (FileNotFoundException e) {
      return null;
    } catch (IOException e) {
      throw StorageFailures.told(
          "look at",
          path,
          e,
          new InputException("Table %s cannot be looked at: %s", path, e.getMessage()));
    }
  }
}

package dev.remap.jobs.catalogue.table;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which columns of a table say what, as settings {@code catalogue.columns} name them; where one is
 * blank, the column is known by its name. A step into a nested column is a dot.
 *
 * @param id the ids' column, or {@link #ROW_NUMBER}
 * @param uri the URIs' column
 * @param version the versions' column
 * @param image the column of the images themselves
 */
public record TableColumns(String id, String uri, String version, String image)
    implements ColumnChoice {
  /** Instead of a column's name: a row's file and number are its id. */
  public static final String ROW_NUMBER = "row-number";

  /** All by their names. */
  public static final TableColumns KNOWN = new TableColumns("", "", "", "");

  private static final int NAMED = 40;

  public static final Role ID =
      new Role(
          "id", List.of("image_id"), List.of("id", "key", "__key__", "uid", "sample_id"), "ids");
  public static final Role URI =
      new Role(
          "uri",
          List.of("uri"),
          List.of("url", "image_url", "file_name", "filename", "image_path"),
          "URIs");
  private static final Role VERSION =
      new Role("version", List.of("version"), List.of(), "versions");
  public static final Role IMAGE =
      new Role(
          "image",
          List.of("image", "image.bytes"),
          List.of(
              "bytes",
              "img",
              "img.bytes",
              "jpg",
              "jpg.bytes",
              "jpeg",
              "jpeg.bytes",
              "png",
              "png.bytes",
              "webp",
              "webp.bytes"),
          "images");

  /** The names of files are ids, too: they are those of a catalogue of the folder itself. */
  private static final List<String> FILE_NAMES = List.of("file_name", "filename");

  /**
   * What a column is for.
   *
   * @param setting of {@code catalogue.columns}
   * @param own names that go before all others if they are written so
   * @param others that people use. These and our own are known in any case of letters; two of them
   *     in a table are one too many
   * @param what it holds, for messages
   */
  public record Role(String setting, List<String> own, List<String> others, String what) {
    /** The table's column for it. */
    public Optional<String> in(List<String> names, String named, String table) {
      List<String> found =
          named.isEmpty() ? known(names) : names.stream().filter(named::equals).toList();
      if (found.size() > 1) {
        throw new InputException(
            "Table %s has several columns that may hold its %s: %s. Say which with"
                + " --set catalogue.columns.%s=NAME, or give one of them another name",
            table, what, String.join(", ", found), setting);
      }
      if (found.isEmpty() && !named.isEmpty()) {
        throw new InputException(
            "Table %s has no column %s, which catalogue.columns.%s names; its columns are %s",
            table, named, setting, listed(names));
      }
      return found.stream().findFirst();
    }

    /** Those that may be it by their names. */
    public List<String> known(List<String> names) {
      List<String> found = names.stream().filter(own::contains).toList();
      return found.isEmpty() ? names.stream().filter(this::isKnown).toList() : found;
    }

    private boolean isKnown(String name) {
      String plain = name.toLowerCase(Locale.ROOT);
      return own.contains(plain) || others.contains(plain);
    }

    public InputException missing(List<String> names, String table, String advice) {
      return new InputException(
          "Table %s has no column %s (nor %s): name the one that holds its %s with"
              + " --set catalogue.columns.%s=NAME%s; its columns are %s",
          table, own.get(0), String.join(", ", others), what, setting, advice, listed(names));
    }
  }

  public static TableColumns of(Settings settings) {
    return new TableColumns(
        settings.string("catalogue.columns.id").strip(),
        settings.string("catalogue.columns.uri").strip(),
        settings.string("catalogue.columns.version").strip(),
        settings.string("catalogue.columns.image").strip());
  }

  /**
   * The columns of one table.
   *
   * @param id null where the row's number is the id
   * @param uri null where none is wanted
   * @param version null where there is none
   */
  public record Chosen(String id, String uri, String version) {}

  /**
   * Finds a table's columns by their names.
   *
   * @throws InputException if one is missing, or if two may be meant
   */
  @Override
  public Chosen in(List<String> names, String table) {
    if (!image.isEmpty()) {
      throw new InputException(
          "Table %s has no images in it, as only Parquet does: leave out catalogue.columns.image,"
              + " or catalogue.columns.uri",
          table);
    }
    String place = URI.in(names, uri, table).orElseThrow(() -> URI.missing(names, table, ""));
    return new Chosen(
        id(names, place, table), place, VERSION.in(names, version, table).orElse(null));
  }

  /**
   * The column of the ids; null where the row's number is the id.
   *
   * @param place the column that says where the images are
   */
  public String id(List<String> names, String place, String table) {
    if (id.equals(ROW_NUMBER)) {
      return null;
    }
    Optional<String> found = ID.in(names, id, table);
    if (found.isEmpty() && FILE_NAMES.contains(place.toLowerCase(Locale.ROOT))) {
      return place;
    }
    return found.orElseThrow(() -> ID.missing(names, table, advice(names, place)));
  }

  private static String advice(List<String> names, String place) {
    // A struct of Hugging Face has the bytes, and the name of the file that they came from.
    String named = place.replaceAll("\\.bytes$", ".path");
    return (names.contains(named) && !named.equals("image")
            ? " (such as " + named + ", if every row has another one)"
            : "")
        + ", or take the rows' numbers with --set catalogue.columns.id="
        + ROW_NUMBER;
  }

  public static String listed(List<String> names) {
    if (names.isEmpty()) {
      return "none";
    }
    return names.size() <= NAMED
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMED)) + " and " + (names.size() - NAMED) + " more";
  }

  /** Whether any is named by a setting. */
  public boolean areNamed() {
    return !equals(KNOWN);
  }

  /** The same names in any order are the same to {@link #in}. */
  public static List<String> sorted(List<String> names) {
    List<String> sorted = new ArrayList<>(names);
    Collections.sort(sorted);
    return sorted;
  }
}

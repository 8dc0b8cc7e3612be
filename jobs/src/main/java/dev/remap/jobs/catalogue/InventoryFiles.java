package dev.remap.jobs.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.catalogue.file.StorageFailures;
import dev.remap.jobs.config.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of one inventory: those that a {@code manifest.json} names, or a {@code symlink.txt},
 * or what the user names. S3 keeps the files of all days in one folder, so that only a manifest
 * says which are of one day.
 *
 * @param paths as Spark reads them
 * @param format {@code csv}, {@code orc} or {@code parquet}
 * @param columns of a CSV, by the manifest; empty where there is none
 */
record InventoryFiles(List<String> paths, String format, List<String> columns) {
  static final String MANIFEST = "manifest.json";
  static final String LINKS = "symlink.txt";

  private static final String CHECKSUM = "manifest.checksum";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> FORMATS = Set.of("csv", "orc", "parquet");

  /** A manifest has a line for each of some hundred files. */
  private static final int LONGEST = 64 << 20;

  InventoryFiles {
    paths = List.copyOf(paths);
    columns = List.copyOf(columns);
  }

  /** Whether a path is that of a list of files. */
  static boolean isList(String uri) {
    String name = uri.substring(uri.lastIndexOf('/') + 1);
    return name.equals(MANIFEST) || name.equals(LINKS);
  }

  /** What the user's URI names; an {@link InputException} if that is not one inventory. */
  static InventoryFiles at(String uri, Configuration conf) {
    try {
      Path path = new Path(uri);
      FileSystem files = PlainFiles.of(path, conf);
      if (isList(uri)) {
        return listed(files, path, uri);
      }
      FileStatus[] found = files.globStatus(path);
      if (found == null || found.length == 0) {
        throw new InputException("Inventory %s does not exist: check --catalogue", uri);
      }
      if (found.length > 1 || found[0].isDirectory()) {
        for (String list : List.of(MANIFEST, LINKS)) {
          Path inside = new Path(path, list);
          if (found.length == 1 && files.exists(inside)) {
            return listed(files, inside, uri + "/" + list);
          }
        }
        requireOneDay(files, found, uri);
      }
      return new InventoryFiles(List.of(uri), format(uri), List.of());
    } catch (FileNotFoundException e) {
      throw new InputException("Inventory %s does not exist: check --catalogue", uri);
    } catch (IOException e) {
      throw StorageFailures.told("read", uri, e, unread(uri, e));
    } catch (IllegalArgumentException e) {
      throw unread(uri, e);
    }
  }

  private static String format(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains(".parquet") ? "parquet" : lower.contains(".orc") ? "orc" : "csv";
  }

  /**
   * Manifests in folders below, or beside, tell that there are several days, or may be some day.
   */
  private static void requireOneDay(FileSystem files, FileStatus[] found, String uri)
      throws IOException {
    Path folder = found[0].isDirectory() ? found[0].getPath() : found[0].getPath().getParent();
    List<Path> around = new ArrayList<>(List.of(folder));
    if (folder.getName().equals("data") || !found[0].isDirectory()) {
      around.add(folder.getParent());
    }
    for (Path above : around) {
      for (String list : List.of(MANIFEST, LINKS)) {
        FileStatus[] lists = above == null ? null : files.globStatus(new Path(above, "*/" + list));
        if (lists != null && lists.length > 0) {
          Arrays.sort(lists);
          throw new InputException(
              "Inventory %s may have the files of many days: give the %s of one of them, such as"
                  + " %s",
              uri, list, lists[lists.length - 1].getPath());
        }
      }
    }
  }

  /**
   * Refuses a folder of several files that nothing ties to one day, such as a copy of S3's {@code
   * data} alone.
   */
  void requireOne(String uri, Configuration conf) {
    try {
      Path path = new Path(uri);
      FileSystem files = PlainFiles.of(path, conf);
      if (paths.equals(List.of(uri))
          && files.exists(path)
          && files.getFileStatus(path).isDirectory()
          && files.listStatus(path).length > 1) {
        throw new InputException(
            "Inventory %s is a folder of several files without a header, maybe of many days: give"
                + " the %s that names those of one day (or a glob, if they are of one)",
            uri, MANIFEST);
      }
    } catch (IOException e) {
      throw StorageFailures.told("read", uri, e, unread(uri, e));
    }
  }

  private static InputException unread(String uri, Exception e) {
    return new InputException("Inventory %s cannot be read: %s", uri, InputException.reason(e));
  }

  private static InventoryFiles listed(FileSystem files, Path list, String uri) throws IOException {
    String text = text(files, list);
    requireWhole(files, list, text, uri);
    return list.getName().equals(MANIFEST)
        ? ofManifest(files, list, text, uri)
        : ofLinks(files, list, text, uri);
  }

  private static String text(FileSystem files, Path path) throws IOException {
    try (FSDataInputStream in = PlainFiles.open(path, files.getConf())) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new InputException(
            "Inventory %s cannot be read: it has more than %d MiB", path, LONGEST >> 20);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** S3 writes the manifest's MD5 beside it, last. */
  private static void requireWhole(FileSystem files, Path list, String text, String uri)
      throws IOException {
    Path checksum = new Path(list.getParent(), CHECKSUM);
    if (list.getName().equals(MANIFEST) && files.exists(checksum)) {
      String wanted = text(files, checksum).strip();
      String found = DigestUtils.md5Hex(text.getBytes(StandardCharsets.UTF_8));
      if (!wanted.equalsIgnoreCase(found)) {
        throw new InputException(
            "%s is not what the %s beside it says (MD5 %s, and is %s): copy both again",
            uri, CHECKSUM, wanted, found);
      }
    }
  }

  private static InventoryFiles ofManifest(FileSystem files, Path list, String text, String uri)
      throws IOException {
    JsonNode manifest = json(text, uri);
    String format = manifest.path("fileFormat").asText().toLowerCase(Locale.ROOT);
    if (!FORMATS.contains(format)) {
      throw new InputException(
          "%s has the fileFormat '%s': S3 Inventory writes CSV, ORC or Parquet (a table that is"
              + " called so needs --format)",
          uri, manifest.path("fileFormat").asText());
    }
    List<String> keys = new ArrayList<>();
    for (JsonNode file : manifest.path("files")) {
      keys.add(file.path("key").asText());
    }
    if (keys.isEmpty() || keys.contains("")) {
      throw new InputException("%s names no files with a key: is it S3 Inventory's?", uri);
    }
    List<String> columns =
        format.equals("csv")
            ? Arrays.stream(manifest.path("fileSchema").asText().split(",", -1))
                .map(String::strip)
                .toList()
            : List.of();
    return new InventoryFiles(placed(files, list, keys, uri), format, columns);
  }

  private static JsonNode json(String text, String uri) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw unread(uri, e);
    }
  }

  private static InventoryFiles ofLinks(FileSystem files, Path list, String text, String uri)
      throws IOException {
    List<String> links = text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (links.isEmpty()) {
      throw new InputException("%s names no files", uri);
    }
    List<String> keys =
        links.stream().map(link -> link.replaceFirst("^s3[an]?://[^/]*/", "")).toList();
    return new InventoryFiles(placed(files, list, keys, uri), format(links.get(0)), List.of());
  }

  /**
   * Where the files with these keys are: below the root of the bucket that the list lies in, or
   * wherever the list's folders were copied to.
   */
  private static List<String> placed(FileSystem files, Path list, List<String> keys, String uri)
      throws IOException {
    for (Path above = list.getParent(); above != null; above = above.getParent()) {
      Path root = above;
      for (List<String> tails : List.of(keys, keys.stream().map(InventoryFiles::tail).toList())) {
        if (files.exists(below(root, tails.get(0)))) {
          List<String> paths = tails.stream().map(tail -> below(root, tail).toString()).toList();
          for (String path : paths) {
            requireThere(files, path, uri);
          }
          return paths;
        }
      }
    }
    throw new InputException(
        "%s names the file %s, which is not there: bring all files of the inventory together, in"
            + " the folders that S3 put them into",
        uri, keys.get(0));
  }

  private static void requireThere(FileSystem files, String path, String uri) throws IOException {
    if (!files.exists(new Path(path))) {
      throw new InputException(
          "%s names the file %s, which is not there: bring all files of the inventory together",
          uri, path);
    }
  }

  private static Path below(Path root, String key) {
    return new Path(root, new Path(null, null, key.replaceFirst("^/+", "")));
  }

  /** From the folder of the data on, which is what a copy of the inventory's own folder has. */
  private static String tail(String key) {
    int data = key.lastIndexOf("/data/");
    return data < 0 ? key : key.substring(data + 1);
  }
}

package dev.remap.jobs.catalogue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.Catalogues;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local folders with names, links and faults that Hadoop's own listing leaves out or repeats. */
class LocalTreeTest {
  private static SparkSession session;

  @TempDir private Path temporary;
  private Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.session();
  }

  @AfterAll
  static void stop() {
    session.stop();
  }

  @BeforeEach
  void make() throws IOException {
    folder = Files.createDirectory(temporary.resolve("cat"));
  }

  /** A listing's images by id, and its count. */
  private record Result(Map<String, ListedImage> images, LeftOut leftOut) {
    List<String> ids() {
      return List.copyOf(images.keySet());
    }

    ListedImage image(String id) {
      return images.get(id);
    }
  }

  private Result list() {
    return list(folder);
  }

  private Result list(Path root, String... pairs) {
    Settings settings = Settings.load(null, Map.of("catalogue.uri", root.toString()));
    for (int i = 0; i < pairs.length; i += 2) {
      settings = settings.with(pairs[i], pairs[i + 1]);
    }
    return result(Catalogues.of(settings).find(session).collect().iterator());
  }

  private static Result result(Iterator<Found> found) {
    Map<String, ListedImage> images = new TreeMap<>();
    LeftOut leftOut = new LeftOut();
    while (found.hasNext()) {
      Found one = found.next();
      if (one instanceof ListedImage image) {
        assertThat(images.put(image.imageId(), image)).as(image.imageId()).isNull();
      } else {
        leftOut.add((LeftOut) one);
      }
    }
    return new Result(images, leftOut);
  }

  private Result followed() {
    return list(folder, OutsideLinks.SETTING, "true");
  }

  private Path file(String name) throws IOException {
    return written(folder.resolve(name));
  }

  private static Path written(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[] {1, 2, 3});
  }

  private void link(String name, Object target) throws IOException {
    Path link = folder.resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target.toString()));
  }

  /** A file or folder of the catalogue by its bytes, percent-encoded. */
  private Path raw(String encoded) {
    return Path.of(URI.create(folder.toUri().toString() + encoded));
  }

  private static byte[] read(ListedImage image) throws Exception {
    return new CatalogueImage(
            image.imageId(), image.uri(), image.version(), 100, new Configuration())
        .read();
  }

  private static void assertCounts(Result result, String... reasons) {
    assertThat(result.leftOut().reasons())
        .extracting(LeftOut.Reason::text)
        .containsExactlyInAnyOrder(reasons);
  }

  @Test
  void aNameThatIsNotUtf8IsListedUnderANameOfItsOwnAndRead() throws Exception {
    file("caf%E9.jpg");
    file("café.jpg");
    written(raw("caf%E9.jpg"));
    written(raw("a/caf%E9%25%C3%A9/%FF.png"));
    written(raw("%2Ehidden%E9.jpg"));

    Result result = list();

    assertThat(result.ids())
        .containsExactlyInAnyOrder(
            "caf%E9.jpg", "café.jpg", "/caf%E9.jpg", "a//caf%E9%25é//%FF.png");
    for (ListedImage image : result.images().values()) {
      assertThat(read(image)).as(image.imageId()).containsExactly(1, 2, 3);
    }
    assertCounts(result, "1 × hidden (.hidden%E9.jpg)");
    assertThat(list().images()).isEqualTo(result.images());
  }

  @Test
  void aForeignFileThatChangedSinceIsNotReadAsTheOldOne() throws Exception {
    Path file = written(raw("%E9.jpg"));
    ListedImage listed = list().image("/%E9.jpg");
    Files.write(file, new byte[9]);

    assertThatThrownBy(() -> read(listed))
        .isInstanceOf(StaleListingException.class)
        .hasMessageContaining("changed since it was listed");
    Files.delete(file);
    assertThatThrownBy(() -> read(listed)).isInstanceOf(java.io.FileNotFoundException.class);
  }

  /** Such a URI in a stranger's table opens nothing that is not written as a listing writes it. */
  @Test
  void aForeignUriHasNoStepsAside() throws Exception {
    written(raw("%E9.jpg"));
    String place = LocalName.encode(folder);
    for (String path :
        List.of("/../cat/%E9.jpg", "/%2E%2E/cat/%E9.jpg", "/./%E9.jpg", "/%e9.jpg")) {
      ListedImage image = new ListedImage("x", ForeignFile.uri(place + path), "v", 3);
      assertThatThrownBy(() -> read(image)).as(path).hasMessageContaining("cannot be understood");
    }
  }

  @Test
  void aVersionIsTheOneThatHadoopTellsWhenTheImageIsRead() throws Exception {
    for (long millis : new long[] {0, -1, -1500, 1_700_000_000_123L, 4_102_444_800_001L}) {
      Path file = file("t" + millis + ".jpg");
      Files.setLastModifiedTime(
          file,
          java.nio.file.attribute.FileTime.from(
              java.time.Instant.ofEpochMilli(millis).plusNanos(999_999)));
    }
    for (ListedImage image : list().images().values()) {
      assertThat(read(image)).as(image.imageId()).hasSize(3);
    }
  }

  @Test
  void aLinkWhoseTargetIsMissingIsListedAndCannotBeReached() throws Exception {
    file("a.jpg");
    link("in.jpg", "nothing.jpg");
    link("out.jpg", "/nothing/mounted/x.jpg");
    link("self.jpg", "self.jpg");
    link("notes", "nothing.txt");

    Result result = list();

    assertThat(result.ids()).containsExactly("a.jpg", "in.jpg", "out.jpg", "self.jpg");
    for (String id : List.of("in.jpg", "out.jpg", "self.jpg")) {
      assertThat(result.image(id).isUnreachable()).as(id).isTrue();
      assertThatThrownBy(() -> read(result.image(id))).as(id).isInstanceOf(IOException.class);
    }
    assertCounts(result, "1 × link to nothing (notes)");
  }

  @Test
  void aLinkThatMayBeAFolderThatIsNotMountedEndsTheListing() throws Exception {
    file("a.jpg");
    link("nas", "/nothing/mounted");
    assertThat(list().leftOut()).hasToString("1 left out: 1 × " + LocalLink.OUTSIDE + " (nas)");

    assertThatThrownBy(this::followed).hasStackTraceContaining(folder + "/nas is a link to what");

    Files.delete(folder.resolve("nas"));
    link("nas", ".mounts/nas");
    assertThatThrownBy(this::list).hasStackTraceContaining("is it mounted?");
  }

  /** Listed 41 times over by one that follows all links; without an end by one with two of them. */
  @Test
  void linksThatLeadBackUpAreNamedAndNotFollowed() throws Exception {
    file("a.jpg");
    file("b/c.jpg");
    link("again", ".");
    link("b/up", folder);
    link("b/top", "/");
    link("b/twin", "../b/.");
    link("here", "b/up/b");

    for (Result result : List.of(list(), followed())) {
      assertThat(result.ids()).containsExactly("a.jpg", "b/c.jpg");
      assertCounts(
          result,
          "4 × link that leads back up (again/, b/top/, b/twin/, b/up/)",
          "1 × " + LocalLink.TWICE + " (here/)");
    }
  }

  @Test
  void twoFoldersThatLinkToEachOtherAreEachListedOnce() throws Exception {
    file("a/x.jpg");
    file("b/y.jpg");
    link("a/b", "../b");
    link("b/a", "../a");

    Result result = list();

    assertThat(result.ids()).containsExactly("a/x.jpg", "b/y.jpg");
    assertCounts(result, "2 × " + LocalLink.TWICE + " (a/b/, b/a/)");
  }

  @Test
  void aFileWithALinkBesideItIsListedAtItsOwnPlace() throws Exception {
    file("z/target.jpg");
    link("a.jpg", "z/target.jpg");
    link("b.jpg", folder.resolve("z/target.jpg"));

    Result result = list();

    assertThat(result.ids()).containsExactly("z/target.jpg");
    assertCounts(result, "2 × " + LocalLink.TWICE + " (a.jpg, b.jpg)");
  }

  /** As content-addressed stores, and volumes of Kubernetes, lay images out. */
  @Test
  void whatIsOnlyReachedThroughLinksIsListedThroughTheFirstOfThem() throws Exception {
    file(".store/0f/3a");
    file(".v1/sub/x.jpg");
    link("one.jpg", ".store/0f/3a");
    link("two.jpg", ".store/0f/3a");
    link("current", ".v1");
    link("newest", ".v1");
    link("x.jpg", ".v1/sub/x.jpg");

    Result result = list();

    assertThat(result.ids()).containsExactly("current/sub/x.jpg", "one.jpg");
    assertThat(read(result.image("one.jpg"))).hasSize(3);
    assertThat(result.image("current/sub/x.jpg").uri())
        .isEqualTo("file:" + folder + "/current/sub/x.jpg");
    assertCounts(
        result,
        "2 × hidden (.store/, .v1/)",
        "3 × " + LocalLink.TWICE + " (newest/, two.jpg, x.jpg)");
  }

  @Test
  void linksOutOfTheCatalogueAreFollowedOnlyIfASettingSaysSo() throws Exception {
    Path other = temporary.resolve("other");
    written(other.resolve("deep/o.jpg"));
    written(temporary.resolve("lone.jpg"));
    file("a.jpg");
    link("other", other);
    link("deep", other.resolve("deep"));
    link("o.jpg", other.resolve("deep/o.jpg"));
    link("lone.jpg", temporary.resolve("lone.jpg"));
    Files.createSymbolicLink(other.resolve("back"), folder);
    Files.createSymbolicLink(other.resolve("deep/loop"), other);

    Result left = list();
    assertThat(left.ids()).containsExactly("a.jpg");
    assertCounts(left, "4 × " + LocalLink.OUTSIDE + " (deep/, lone.jpg, o.jpg, other/)");

    Result followed = followed();
    assertThat(followed.ids()).containsExactly("a.jpg", "lone.jpg", "other/deep/o.jpg");
    assertCounts(
        followed,
        "3 × " + LocalLink.TWICE + " (deep/, o.jpg, other/back/)",
        "1 × link that leads back up (other/deep/loop/)");
  }

  /** The first walk comes by the inner folder; a link in it leads to the one around it. */
  @Test
  void aFolderThatWasWalkedIsNotWalkedAgainAsAPartOfAnother() throws Exception {
    Path outer = temporary.resolve("outer");
    written(outer.resolve("inner/i.jpg"));
    written(outer.resolve("o.jpg"));
    Path between = Files.createDirectories(temporary.resolve("between"));
    Files.createSymbolicLink(between.resolve("outer"), outer);
    link("inner", outer.resolve("inner"));
    link("between", between);

    Result result = followed();

    assertThat(result.ids()).containsExactly("between/outer/o.jpg", "inner/i.jpg");
    assertCounts(result, "1 × " + LocalLink.TWICE + " (between/outer/inner/)");
  }

  @Test
  void aCatalogueMayBeALinkItself() throws Exception {
    file("a.jpg");
    file("b/c.jpg");
    link("b/same.jpg", folder.resolve("a.jpg"));
    Path alias = Files.createSymbolicLink(temporary.resolve("alias"), folder);
    link("b/aliased.jpg", alias.resolve("a.jpg"));

    Result result = list(alias);

    assertThat(result.ids()).containsExactly("a.jpg", "b/c.jpg");
    assertThat(result.image("a.jpg").uri()).isEqualTo("file:" + alias + "/a.jpg");
  }

  @Test
  void whatIsHiddenOrKeptByJobsIsCountedAndNotRead() throws Exception {
    for (String name :
        List.of(
            "a.jpg",
            "_DSC1.JPG",
            "b.heic",
            "c.HEIC",
            "d.mov",
            "README",
            ".DS_Store",
            "._a.jpg",
            "._b.heic",
            ".git/x.jpg",
            "_temporary/0/part.jpg",
            "lost+found/y.jpg",
            "z.~1~")) {
      file(name);
    }

    Result result = list();

    assertThat(result.ids()).containsExactly("_DSC1.JPG", "a.jpg");
    assertCounts(
        result,
        "5 × other ending (2 × .heic, 2 × none, .mov)",
        "4 × hidden (2 × ._*, .DS_Store, .git/)",
        "2 × housekeeping (_temporary/, lost+found/)");
  }

  @Test
  void aPipeIsNotOpened() throws Exception {
    file("a.jpg");
    Process made = new ProcessBuilder("mkfifo", folder + "/pipe.jpg").inheritIO().start();
    assertThat(made.waitFor()).isZero();
    link("linked.jpg", "pipe.jpg");

    Result result = list();

    assertThat(result.ids()).containsExactly("a.jpg");
    assertCounts(result, "2 × " + LeftOut.NO_FILE + " (linked.jpg, pipe.jpg)");
  }

  /** One folder's listing on a disk that fails for some of its entries. */
  private Result listOn(Predicate<String> broken, IOException failure) {
    LocalFolders.Looking looking =
        (path, options) -> {
          if (broken.test(path.getFileName().toString())) {
            throw failure;
          }
          return LocalFolders.Looking.NIO.at(path, options);
        };
    String place = LocalName.encode(folder);
    LocalFolders lister =
        new LocalFolders(
            folder + "/",
            place,
            Selection.of(List.of("jpg")),
            OutsideLinks.LEFT_OUT,
            List.of(place),
            looking);
    List<Found> found = new ArrayList<>();
    lister
        .list(new TreeFolder(place, "", place), null)
        .forEachRemaining(entry -> found.add(((TreeEntry.Leaf) entry).found()));
    return result(found.iterator());
  }

  @Test
  void anEntryThatMayNotBeLookedAtEndsTheListing() throws Exception {
    file("a.jpg");
    file("b.jpg");
    for (IOException failure :
        List.of(
            new AccessDeniedException("b.jpg"),
            new FileSystemException("b.jpg", null, "Stale file handle"),
            new FileSystemException("b.jpg", null, "Input/output error"))) {
      assertThatThrownBy(() -> listOn("b.jpg"::equals, failure))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(folder + "/b.jpg cannot be looked at")
          .hasMessageContaining("take it out of the catalogue");
    }
  }

  /** One that may not be read fails in the same place, but not for root. */
  @Test
  void aFolderThatCannotBeListedEndsTheListing() {
    String gone = LocalName.encode(folder) + "/gone";
    LocalFolders lister =
        new LocalFolders(
            folder + "/",
            LocalName.encode(folder),
            Selection.of(List.of("jpg")),
            OutsideLinks.LEFT_OUT,
            List.of(),
            LocalFolders.Looking.NIO);

    assertThatThrownBy(() -> lister.list(new TreeFolder(gone, "gone/", gone), null))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Folder %s/gone cannot be listed (no such file), and what is in it is unknown: is it"
                + " mounted, and may this user read it?",
            folder);
  }

  @Test
  void aNameThatTheDiskListsAndDoesNotFindIsListedIfItIsAnImages() throws Exception {
    file("a.jpg");
    file("b.jpg");
    NoSuchFileException missing = new NoSuchFileException("b.jpg");

    Result result = listOn("b.jpg"::equals, missing);

    assertThat(result.ids()).containsExactly("a.jpg", "b.jpg");
    assertThat(result.image("b.jpg").isUnreachable()).isTrue();
    file("folder?");
    assertThatThrownBy(() -> listOn("folder?"::equals, missing))
        .hasMessageContaining("folder? cannot be looked at");
  }

  @Test
  void aFileThatIsDeletedMeanwhileIsCounted() throws Exception {
    file("a.jpg");
    file("b.jpg");
    Predicate<String> deleted =
        name -> {
          try {
            return name.equals("b.jpg") && Files.deleteIfExists(folder.resolve(name));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };

    Result result = listOn(deleted, new NoSuchFileException("b.jpg"));

    assertThat(result.ids()).containsExactly("a.jpg");
    assertCounts(result, "1 × gone while it was listed (b.jpg)");
  }

  /** Deeper than a path may be long: made step by step, as no call takes the whole path. */
  @Test
  void whatLiesDeeperThanAPathMayBeLongIsNeverLeftOut() throws Exception {
    String step = "d".repeat(250);
    Process made =
        new ProcessBuilder(
                "sh",
                "-c",
                "for i in $(seq 16); do mkdir "
                    + step
                    + " && cd -P "
                    + step
                    + " || exit 1; done; echo x > "
                    + "e".repeat(200)
                    + ".jpg")
            .directory(folder.toFile())
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    try {
      Result result = list();
      assertThat(result.images().values()).hasSize(1).allMatch(ListedImage::isUnreachable);
    } finally {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }
  }

  @Test
  void namesAreUniqueWhateverTheirBytes() {
    List<String> texts = new ArrayList<>();
    for (byte[] name :
        List.of(
            new byte[] {'a', (byte) 0xE9},
            "a%E9".getBytes(StandardCharsets.UTF_8),
            "aé".getBytes(StandardCharsets.UTF_8),
            "a\uFFFD".getBytes(StandardCharsets.UTF_8),
            new byte[] {'a', '%', 'E', '9', (byte) 0xE9},
            new byte[] {'a', (byte) 0xE9, '%', 'E', '9'},
            new byte[] {'a', (byte) 0xC3},
            new byte[] {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80})) {
      texts.add(LocalName.of(name).text());
    }

    assertThat(texts).doesNotHaveDuplicates();
    assertThat(Arrays.copyOf(texts.toArray(), 5))
        .containsExactly("/a%E9", "a%E9", "aé", "a\uFFFD", "/a%25E9%E9");
  }
}

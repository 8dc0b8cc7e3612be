package dev.remap.jobs.catalogue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Local folders with files and faults that Hadoop's own listing leaves out or repeats. */
class LocalTreeTest extends LocalTreeListings {
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
    List<Found> found = new ArrayList<>();
    lister(looking)
        .list(new TreeFolder(place, "", place), null)
        .forEachRemaining(entry -> found.add(((TreeEntry.Leaf) entry).found()));
    return result(found.iterator());
  }

  /** Of the folder as a root. */
  private LocalFolders lister(LocalFolders.Looking looking) {
    String place = LocalName.encode(folder);
    return new LocalFolders(
        folder + "/",
        place,
        Selection.of(List.of("jpg")),
        OutsideLinks.LEFT_OUT,
        List.of(place),
        looking);
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

  @Test
  void noMoreNamesAreLookedAtWithoutSparkThanAreAllowed() throws Exception {
    for (int i = 0; i < 30; i++) {
      file("%c/%d.%s".formatted('a' + i % 3, i, i % 2 == 0 ? "jpg" : "json"));
    }
    List<Path> looked = new ArrayList<>();
    LocalFolders.Looking looking =
        (path, options) -> {
          looked.add(path);
          return LocalFolders.Looking.NIO.at(path, options);
        };
    String place = LocalName.encode(folder);

    NearWalk walk =
        NearWalk.of(
            folder.toString(), List.of(new TreeFolder(place, "", place)), lister(looking), 20);

    assertThat(looked).hasSize(20);
    assertThat(walk.left()).hasSize(2);
    // Three folders, and one of these with five images and a count.
    assertThat(walk.entries()).hasSize(9);
  }

  @Test
  void aTreeThatIsTooDeepIsRefusedHoweverMuchOfItIsListedByTasks() throws Exception {
    file("d/".repeat(70) + "a.jpg");
    for (int near : new int[] {60, NearWalk.MOST_NAMES}) {
      assertThatThrownBy(() -> tree().files(LocalSpark.spark(), near))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("has folders more than 64 levels deep");
    }
  }

  private LocalTree tree() {
    return new LocalTree(
        folder.toString(), folder + "/", Selection.of(List.of("jpg")), OutsideLinks.FOLLOWED);
  }

  /** As in a large tree, where tasks list what this process has left to them. */
  @Test
  void theListingIsTheSameHoweverMuchOfItIsDoneByTasks() throws Exception {
    for (String name :
        List.of("a/1.jpg", "a/2.jpg", "a/b/3.jpg", "a/b/4.heic", "c/5.jpg", "6.jpg")) {
      file(name);
    }
    Path outside = Files.createDirectories(temporary.resolve("outside/deep"));
    written(outside.resolve("7.jpg"));
    link("c/folder", outside);
    link("c/file.jpg", written(temporary.resolve("8.jpg")));

    for (int near : new int[] {0, 1, 4, 6, 8, 10, 100}) {
      Result result = result(tree().files(LocalSpark.spark(), near).collect().iterator());
      assertThat(result.ids())
          .as("%d near", near)
          .containsExactly(
              "6.jpg",
              "a/1.jpg",
              "a/2.jpg",
              "a/b/3.jpg",
              "c/5.jpg",
              "c/file.jpg",
              "c/folder/7.jpg");
      assertCounts(result, "1 × other ending (.heic)");
    }
  }
}

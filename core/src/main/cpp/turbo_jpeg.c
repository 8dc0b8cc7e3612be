// Decodes a JPEG by libjpeg-turbo, for dev.remap.core.image.jpeg.TurboJpeg. Whether all of its
// pixels are there is the caller's to know: here, as in every decoder, what is missing is painted
// grey.
#include <jni.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// What decode returns; TurboJpeg.java knows these numbers.
enum { DECODED = 0, NO_MEMORY = 1, NOT_DECODABLE = 2, NOT_TAKEN = 3 };

// Rows that go into Java's array at once.
enum { ROWS = 16 };

struct errors {
  struct jpeg_error_mgr base;
  jmp_buf back;
};

static void leave(j_common_ptr jpeg) { longjmp(((struct errors *)jpeg->err)->back, 1); }

static void say_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void ignore(j_common_ptr jpeg, int level) {
  (void)jpeg;
  (void)level;
}

static void no_text(j_common_ptr jpeg, char *text) {
  (void)jpeg;
  *text = '\0';
}

static int decode(struct jpeg_decompress_struct *jpeg, struct errors *errors,
                  const unsigned char *file, jsize length, jint reduction, jint width, jint height,
                  unsigned char *rows, JNIEnv *env, jbyteArray pixels) {
  // All of it is set here: libjpeg's own texts and what prints them stay out of the library.
  errors->base.error_exit = leave;
  errors->base.emit_message = ignore;
  errors->base.output_message = say_nothing;
  errors->base.format_message = no_text;
  errors->base.reset_error_mgr = say_nothing;
  jpeg->err = &errors->base;
  if (setjmp(errors->back)) {
    return errors->base.msg_code == JERR_OUT_OF_MEMORY ? NO_MEMORY : NOT_DECODABLE;
  }
  jpeg_create_decompress(jpeg);
  jpeg_mem_src(jpeg, file, (unsigned long)length);
  jpeg_read_header(jpeg, TRUE);
  if (jpeg->num_components != 1 && jpeg->num_components != 3) {
    return NOT_TAKEN;
  }
  jpeg->scale_num = 1;
  jpeg->scale_denom = (unsigned)reduction;
  jpeg->out_color_space = JCS_RGB;
  jpeg_start_decompress(jpeg);
  if (jpeg->output_width != (JDIMENSION)width || jpeg->output_height != (JDIMENSION)height) {
    return NOT_DECODABLE;
  }
  jsize stride = 3 * width;
  JSAMPROW each[ROWS];
  for (int i = 0; i < ROWS; i++) {
    each[i] = rows + (size_t)i * (size_t)stride;
  }
  while (jpeg->output_scanline < jpeg->output_height) {
    jsize at = (jsize)jpeg->output_scanline * stride;
    jsize made = 0;
    while (made < ROWS && jpeg->output_scanline < jpeg->output_height) {
      made += (jsize)jpeg_read_scanlines(jpeg, each + made, (JDIMENSION)(ROWS - made));
    }
    (*env)->SetByteArrayRegion(env, pixels, at, made * stride, (const jbyte *)rows);
  }
  return DECODED;
}

JNIEXPORT jint JNICALL Java_dev_remap_core_image_jpeg_TurboJpeg_decode(JNIEnv *env, jclass type,
                                                                      jbyteArray file,
                                                                      jint reduction, jint width,
                                                                      jint height,
                                                                      jbyteArray pixels) {
  (void)type;
  jsize length = (*env)->GetArrayLength(env, file);
  unsigned char *bytes = malloc((size_t)length + 1);
  unsigned char *rows = malloc((size_t)ROWS * 3 * (size_t)width);
  int result = NO_MEMORY;
  if (bytes != NULL && rows != NULL) {
    // A copy, so that the collector is not held up while the picture is decoded.
    (*env)->GetByteArrayRegion(env, file, 0, length, (jbyte *)bytes);
    struct jpeg_decompress_struct jpeg;
    struct errors errors;
    memset(&jpeg, 0, sizeof jpeg);
    memset(&errors, 0, sizeof errors);
    result = decode(&jpeg, &errors, bytes, length, reduction, width, height, rows, env, pixels);
    jpeg_destroy_decompress(&jpeg);
  }
  free(rows);
  free(bytes);
  return result;
}

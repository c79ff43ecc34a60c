# SPDX-License-Identifier: GPL-2.0
#
# make help tells what can be made. The kernel's build system reads Kbuild
# instead of this file: make -C /lib/modules/VERSION/build M=$PWD modules
# works as well.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
VERSION := $(shell sed -n 's/^\#define NAT64_VERSION[^"]*"\(.*\)"/\1/p' \
	     kernel/nat64.h)
DKMS_SRC = $(DESTDIR)/usr/src/nat64-$(VERSION)
DEPMOD = $(if $(DESTDIR),,depmod $(KVER))

.PHONY: all modules usr install modules_install usr_install uninstall \
	dkms-install deb demo tidy check kernels applications fuzz mutants bench bench-compare \
	clean help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

all: modules usr

modules: $(KDIR)/Makefile
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

$(KDIR)/Makefile:
	@echo "There are no kernel headers in $(KDIR)." >&2
	@echo "Install them, apt-get install linux-headers-$(KVER), or" \
	      "choose another kernel: make modules KVER=VERSION." >&2
	@echo "With headers here: $(or $(notdir $(patsubst %/build/Makefile,%,\
	      $(wildcard /lib/modules/*/build/Makefile))),none)" >&2
	@exit 1

usr:
	$(MAKE) -C usr

install: modules_install usr_install

modules_install: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		INSTALL_MOD_DIR=updates CONFIG_MODULE_SIG_ALL= modules_install
	$(DEPMOD)

usr_install: usr
	$(MAKE) -C usr install DESTDIR=$(DESTDIR)

uninstall:
	rm -f $(DESTDIR)/lib/modules/$(KVER)/updates/nat64.ko* \
	      $(DESTDIR)/lib/modules/$(KVER)/updates/kernel/nat64.ko*
	$(DEPMOD)
	$(MAKE) -C usr uninstall DESTDIR=$(DESTDIR)

# The sources go where DKMS looks for them; it then builds the module for this
# kernel, and by itself for every one that is installed later.
dkms-install:
	mkdir -p $(DKMS_SRC)
	tar -c --exclude='*.o' --exclude='*.ko' --exclude='*.cmd' \
		--exclude='*.mod' --exclude='*.mod.c' --exclude='*.order' \
		Kbuild COPYING dkms.conf kernel include | tar -xC $(DKMS_SRC)
	$(if $(DESTDIR),,dkms install nat64/$(VERSION) -k $(KVER) --force \
		$(DKMSFLAGS))

deb:
	usr/packaging/deb.sh build

demo:
	test/demo/run

# Before a commit: what style says of the files that it changes.
tidy:
	@test/deps.sh build style
	@test/check/style.sh -c

check:
	test/run $(LAYERS)

kernels:
	@test/kernels/run $(KERNELS)

applications:
	@test/applications/run $(APPLICATIONS)

fuzz:
	@test/fuzz/run $(or $(S),60)

mutants:
	@test/deps.sh build uml net
	@test/mutants/run.py $(WORDS)

bench:
	@test/bench/run $(if $(filter instructions,$(MEASURE)),-i) \
		$(if $(CASES),-c "$(CASES)") $(if $(ROUNDS),-r $(ROUNDS)) \
		$(if $(ROUTERS),-R "$(ROUTERS)")

# make bench-compare A B: what follows are no goals, but two runs.
ifeq ($(firstword $(MAKECMDGOALS)),bench-compare)
RUNS := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(RUNS)
$(RUNS):
	@:
endif

bench-compare:
	@test/bench/compare.py $(RUNS)

clean:
	find kernel $(wildcard test/kunit) -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' -o -name '*.order' \
		-o -name 'Module.symvers' | xargs rm -f
	rm -rf build .*.cmd *.order Module.symvers .tmp_versions
	$(MAKE) -C usr clean

help:
	@echo 'make                 module and command'
	@echo 'make modules         the module, kernel/nat64.ko; for another kernel:'
	@echo '                     KVER=VERSION or KDIR=/lib/modules/VERSION/build'
	@echo 'make usr             the command, usr/nat64ctl'
	@echo 'make install         both, manual pages and services (DESTDIR=, PREFIX=)'
	@echo 'make uninstall       remove them'
	@echo 'make dkms-install    the module by DKMS, for later kernels too'
	@echo 'make deb             Debian packages: build/nat64-*.deb'
	@echo 'make demo            see it work, in a virtual machine (as root)'
	@echo 'make tidy            what style says of the files that you have changed'
	@echo 'make check           every test (LAYERS="style usr" for a part;'
	@echo '                     the layers: $(shell test/run -l))'
	@echo '                     FULL=1: also slow tests that rarely fail'
	@echo 'make kernels         build for each supported kernel of Debian, and run the main'
	@echo '                     tests on it (KERNELS="6.12 sid" for a part)'
	@echo 'make applications    real programs over dual stack, NAT64, 464XLAT and DS-Lite:'
	@echo '                     a table of what works (APPLICATIONS="ftp git" for a part)'
	@echo 'make fuzz S=SECONDS  hostile input for the command: answers, files, arguments'
	@echo 'make mutants         break the code in 300 ways, one at a time, and see'
	@echo '                     which test notices (WORDS="rfc4884.c tcp" for a part)'
	@echo 'make bench           times and memory beside Jool and nftables (CASES=quick'
	@echo '                     for a part; ROUNDS=, ROUTERS=)'
	@echo 'make bench MEASURE=instructions  count them, on a machine that may be busy'
	@echo 'make bench-compare A B  two of its runs, by their names in build/bench'
	@echo 'make clean           remove all that was built'
